#include "store/segment_verifier.h"

#include <fmt/format.h>

namespace vitrine::store {

SegmentVerifier::SegmentVerifier(const keys::DataKey& key, const SegmentId& id, std::uint64_t length,
                                 const crypto::Sha256Digest& digest)
    : cipher_(key, id), frames_(frame_count(length)), digest_(digest) {}

void SegmentVerifier::take(ConstBytes stored_frame) {
  const auto number = taken_++;
  plaintext_.resize(stored_frame.size() - kFrameOverhead);
  if (cipher_.open({number, number + 1 == frames_}, stored_frame, plaintext_))
    content_.update(plaintext_);
  else
    ++closed_;
}

Result<void> SegmentVerifier::verdict() {
  if (closed_ > 0)
    return fail(Code::Corrupt,
                fmt::format("frames that do not open under the account's key: {} of {}", closed_, frames_));
  if (content_.finish() != digest_) return fail(Code::Corrupt, "its content does not have its SHA-256");
  return {};
}

}  // namespace vitrine::store
