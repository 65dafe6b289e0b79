#include "operations/download.h"

namespace vitrine::operations {

Task<Result<ConstBytes>> Download::next() {
  if (since_look_ >= kBytesBetweenLooks) {
    since_look_ = 0;
    if (gate_->standings().of(account_).is_suspended(policy::Service::Storage))
      co_return fail(Code::PolicyDenied, "The account's storage was suspended during the download.");
  }
  auto bytes = CO_TRY(co_await body_->next());
  since_look_ += bytes.size();
  co_return bytes;
}

}  // namespace vitrine::operations
