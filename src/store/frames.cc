#include "store/frames.h"

namespace vitrine::store {
namespace {

constexpr std::uint8_t kFormat = 1;

crypto::AesGcm::Nonce nonce_of(FramePlace place) {
  crypto::AesGcm::Nonce nonce{};
  write_be64(place.number, nonce.data());
  nonce.back() = place.last ? 1 : 0;
  return nonce;
}

}  // namespace

std::uint64_t frame_count(std::uint64_t plaintext) {
  return plaintext / kFrameBytes + (plaintext % kFrameBytes != 0 ? 1 : 0);
}

std::uint64_t stored_length(std::uint64_t plaintext) {
  return plaintext + frame_count(plaintext) * kFrameOverhead;
}

bool is_whole(ConstBytes stored_frame) {
  if (stored_frame.size() < kFrameOverhead) return false;
  const auto sealed = stored_frame.first(stored_frame.size() - sizeof(std::uint32_t));
  return crypto::crc32c(sealed) == read_be32(stored_frame.last(sizeof(std::uint32_t)));
}

FrameCipher::FrameCipher(const keys::DataKey& key, const SegmentId& id) : cipher_(key.segment_key(id)) {
  additional_.push_back(kFormat);
  append(additional_, key.owner());
  append(additional_, id);
  append_be64(additional_, 0);
}

ConstBytes FrameCipher::additional(std::uint64_t number) {
  write_be64(number, additional_.data() + additional_.size() - sizeof number);
  return additional_;
}

void FrameCipher::seal(FramePlace place, ConstBytes plaintext, Bytes& to) {
  const auto begin = to.size();
  to.resize(begin + plaintext.size() + crypto::kTagBytes);
  const auto sealed = MutableBytes(to).subspan(begin);
  cipher_.seal(nonce_of(place), additional(place.number), plaintext, sealed);
  append_be32(to, crypto::crc32c(sealed));
}

Result<void> FrameCipher::open(FramePlace place, ConstBytes stored_frame, MutableBytes out) {
  if (!is_whole(stored_frame))
    return fail(Code::Corrupt, "A part of this blob was damaged on the disk: restore it from a backup.");
  const auto sealed = stored_frame.first(stored_frame.size() - sizeof(std::uint32_t));
  if (!cipher_.open(nonce_of(place), additional(place.number), sealed, out))
    return fail(Code::Corrupt,
                "A part of this blob was changed or put in another's place. Restore it from a backup.");
  return {};
}

}  // namespace vitrine::store
