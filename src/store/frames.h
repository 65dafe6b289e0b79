// How a segment's bytes are cut, encrypted and checked (docs/formats/extent.md).
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/error.h"
#include "keys/data_key.h"
#include "store/segment.h"

namespace vitrine::store {

/// Plaintext of each frame but the last, which has the rest.
inline constexpr std::size_t kFrameBytes = std::size_t{64} << 10;
/// What a frame has besides: the tag, and the CRC-32C of ciphertext and tag.
inline constexpr std::size_t kFrameOverhead = crypto::kTagBytes + sizeof(std::uint32_t);
inline constexpr std::size_t kStoredFrameBytes = kFrameBytes + kFrameOverhead;

/// The number of frames of so many bytes of plaintext.
std::uint64_t frame_count(std::uint64_t plaintext);
/// Their bytes in the extent.
std::uint64_t stored_length(std::uint64_t plaintext);

/// Whether a stored frame is as it was written, as far as that can be told without its key.
bool is_whole(ConstBytes stored_frame);

/// A frame's place in its segment.
struct FramePlace {
  std::uint64_t number = 0;
  bool last = false;
};

/// Seals and opens the frames of one segment. One thread at a time.
class FrameCipher {
 public:
  FrameCipher(const keys::DataKey& key, const SegmentId& id);

  /// Appends the stored form.
  void seal(FramePlace place, ConstBytes plaintext, Bytes& to);
  /// Precondition: `out` is kFrameOverhead shorter than the frame. Errors: Corrupt.
  Result<void> open(FramePlace place, ConstBytes stored_frame, MutableBytes out);

 private:
  ConstBytes additional(std::uint64_t number);

  crypto::AesGcm cipher_;
  Bytes additional_;  ///< format, owner, segment; the frame's number at its end
};

}  // namespace vitrine::store
