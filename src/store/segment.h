// The name of one body that lies in an extent.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "crypto/digest.h"
#include "keys/data_key.h"

namespace vitrine::store {

/// Random, so never used twice, whatever a crash forgot.
using SegmentId = std::array<std::uint8_t, 32>;

/// Where a segment's bytes are. The store's own business: collecting garbage moves them.
struct Location {
  std::uint64_t extent = 0;  ///< 0: the segment is empty and lies nowhere
  std::uint64_t offset = 0;

  friend bool operator==(const Location&, const Location&) = default;
};

class UnadoptedRoom;

/// One body as it arrived: immutable, digested, durable. Made by SegmentWriter::finish only; the commit that
/// adopts it makes it readable under its id. One that no commit adopts gives its room back with its last
/// copy.
class Segment {
 public:
  [[nodiscard]] const SegmentId& id() const { return id_; }
  /// Bytes of plaintext.
  [[nodiscard]] std::uint64_t length() const { return length_; }
  /// SHA-256 of the plaintext.
  [[nodiscard]] const crypto::Sha256Digest& digest() const { return digest_; }
  /// Of the data key that it is encrypted under.
  [[nodiscard]] keys::Epoch epoch() const { return epoch_; }
  /// The journal of the account that it is of.
  [[nodiscard]] const keys::Owner& owner() const { return owner_; }

 private:
  friend class SegmentWriter;
  friend class Sequencer;
  Segment() = default;

  SegmentId id_{};
  Location location_;
  std::uint64_t length_ = 0;
  crypto::Sha256Digest digest_{};
  keys::Epoch epoch_ = 0;
  keys::Owner owner_{};
  std::shared_ptr<UnadoptedRoom> room_;  ///< null when empty
};

}  // namespace vitrine::store
