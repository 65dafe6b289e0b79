#include "app/exit.h"

#include <fmt/format.h>

#include <cstdio>

namespace vitrine::app {

int report(const Result<void>& outcome) {
  if (outcome) return kSuccess;
  fmt::print(stderr, "vitrine: {}\n", outcome.error().message);
  return outcome.error().code == Code::InvalidInput ? kUsage : kFailure;
}

}  // namespace vitrine::app
