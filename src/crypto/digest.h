// Digests and checksums, one-shot and streaming.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "base/bytes.h"

namespace vitrine::crypto {

using Sha256Digest = std::array<std::uint8_t, 32>;
using Md5Digest = std::array<std::uint8_t, 16>;

/// FIPS 180-4.
Sha256Digest sha256(ConstBytes data);
/// RFC 1321; for the protocol's Content-MD5 only, never for evidence.
Md5Digest md5(ConstBytes data);

/// Streams data into one digest. Feed large blocks: each call costs more than hashing 256 bytes.
template <class Digest>
class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;

  void update(ConstBytes data);
  /// The digest of everything so far; the hasher then starts anew.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

using Sha256 = Hasher<Sha256Digest>;
using Md5 = Hasher<Md5Digest>;

/// CRC-64/NVME as Azure's clients send it in x-ms-content-crc64: reflected polynomial 0x9a6c9329ac4bc9b5,
/// all ones in and out, little-endian on the wire.
class Crc64 {
 public:
  void update(ConstBytes data);
  [[nodiscard]] std::uint64_t value() const { return ~state_; }

 private:
  std::uint64_t state_ = ~std::uint64_t{0};
};

/// CRC-32C (RFC 3720, appendix B.4) of the data that `before` is of, followed by this.
std::uint32_t crc32c(ConstBytes data, std::uint32_t before = 0);

}  // namespace vitrine::crypto
