// How every command of the program ends.
#pragma once

#include "base/error.h"

namespace vitrine::app {

inline constexpr int kSuccess = 0;
inline constexpr int kFailure = 1;  ///< also of a verification: not verified
inline constexpr int kUsage = 2;

/// The exit status; an error is printed to standard error as one sentence.
int report(const Result<void>& outcome);

}  // namespace vitrine::app
