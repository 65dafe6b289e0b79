// Content on its way out.
#pragma once

#include <memory>
#include <string>

#include "blobs/body_reader.h"
#include "policy/gate.h"

namespace vitrine::operations {

/// So many bytes at most go out between two looks at whether the service is still allowed.
inline constexpr std::uint64_t kBytesBetweenLooks = std::uint64_t{1} << 20;

/// Streams opened content until its end, or until the account's storage is suspended. The gate must outlive
/// it. One coroutine at a time.
class Download {
 public:
  Download(blobs::BodyReader body, const policy::Gate& gate, std::string account)
      : body_(std::make_unique<blobs::BodyReader>(std::move(body))),
        gate_(&gate),
        account_(std::move(account)) {}

  /// The next bytes, empty at the end; valid until the next call. Errors: PolicyDenied after a suspension;
  /// those of BodyReader::next.
  Task<Result<ConstBytes>> next();
  /// In bytes.
  [[nodiscard]] std::uint64_t length() const { return body_->length(); }

 private:
  std::unique_ptr<blobs::BodyReader> body_;  ///< apart: each floor hands a download on
  const policy::Gate* gate_;
  std::string account_;
  std::uint64_t since_look_ = 0;
};

}  // namespace vitrine::operations
