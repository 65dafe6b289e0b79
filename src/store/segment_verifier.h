// Whether a segment's bytes are those that were written: opened, digested and dropped.
#pragma once

#include <cstdint>
#include <memory>

#include "store/frames.h"

namespace vitrine::store {

/// Finds the keys for a check of what segments hold. One thread at a time.
class SegmentKeys {
 public:
  virtual ~SegmentKeys() = default;
  /// Null when they were destroyed or cannot be had.
  [[nodiscard]] virtual std::shared_ptr<const keys::DataKeys> of(const keys::Owner& owner) = 0;
};

/// Takes the frames of one segment in order. Plaintext never leaves it, so it needs no ReadAccess: all that
/// comes out is a verdict.
class SegmentVerifier {
 public:
  /// `length` and `digest` are those of the plaintext.
  SegmentVerifier(const keys::DataKey& key, const SegmentId& id, std::uint64_t length,
                  const crypto::Sha256Digest& digest);

  void take(ConstBytes stored_frame);
  /// Behind the last frame. Errors: Corrupt, with what is wrong for a report.
  [[nodiscard]] Result<void> verdict();

 private:
  FrameCipher cipher_;
  crypto::Sha256 content_;
  const std::uint64_t frames_;
  const crypto::Sha256Digest digest_;
  std::uint64_t taken_ = 0;
  std::uint64_t closed_ = 0;  ///< frames that did not open
  Bytes plaintext_;
};

}  // namespace vitrine::store
