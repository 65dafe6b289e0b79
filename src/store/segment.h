// The name of one body that lies in an extent.
#pragma once

#include <array>
#include <cstdint>

#include "crypto/digest.h"
#include "keys/data_key.h"

namespace vitrine::store {

/// Random, so never used twice, whatever a crash forgot.
using SegmentId = std::array<std::uint8_t, 32>;

/// Where a segment's bytes are. The store's own business: collecting garbage moves them.
struct Location {
  std::uint64_t extent = 0;  ///< 0: the segment is empty and lies nowhere
  std::uint64_t offset = 0;
};

/// One body as it arrived: immutable, digested, durable. Made by SegmentWriter::finish only; the commit that
/// adopts it makes it readable under its id.
class Segment {
 public:
  [[nodiscard]] const SegmentId& id() const { return id_; }
  /// Bytes of plaintext.
  [[nodiscard]] std::uint64_t length() const { return length_; }
  /// SHA-256 of the plaintext.
  [[nodiscard]] const crypto::Sha256Digest& digest() const { return digest_; }
  /// Of the data key that it is encrypted under.
  [[nodiscard]] keys::Epoch epoch() const { return epoch_; }

 private:
  friend class SegmentWriter;
  friend class Sequencer;
  Segment(const SegmentId& id, Location location, std::uint64_t length, const crypto::Sha256Digest& digest,
          keys::Epoch epoch)
      : id_(id), location_(location), length_(length), digest_(digest), epoch_(epoch) {}

  SegmentId id_;
  Location location_;
  std::uint64_t length_;
  crypto::Sha256Digest digest_;
  keys::Epoch epoch_;
};

}  // namespace vitrine::store
