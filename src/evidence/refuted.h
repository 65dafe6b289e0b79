// How a check says that evidence does not hold.
#pragma once

#include <fmt/format.h>

#include <utility>

#include "base/error.h"

namespace vitrine::evidence {

/// VerificationFailed, with what is wrong.
template <class... Args>
std::unexpected<Error> refuted(fmt::format_string<Args...> format, Args&&... args) {
  return fail(Code::VerificationFailed, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace vitrine::evidence
