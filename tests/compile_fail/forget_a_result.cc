// error: ignoring return value of function declared with 'nodiscard' attribute
#pragma clang diagnostic error "-Wunused-result"
#include "base/error.h"
#include "base/task.h"

vitrine::Task<vitrine::Result<void>> step();

vitrine::Task<vitrine::Result<void>> forgetful() {
#ifdef ALLOWED
  CO_TRY(co_await step());
#else
  co_await step();
#endif
  co_return vitrine::Result<void>{};
}
