// How every command of the program ends.
#pragma once

#include "base/error.h"

namespace vitrine::app {

inline constexpr int kSuccess = 0;
inline constexpr int kFailure = 1;  ///< also of a refusal, and of a verification: not verified
inline constexpr int kUsage = 2;    ///< also when nobody could be asked

/// The exit status; an error is printed to standard error as one sentence.
int report(const Result<void>& outcome);

/// Says why nobody could be asked: to standard error, or with `as_json` to standard output as one line
/// {"error":{"code":…,"message":…}}. Returns kUsage.
int report_unasked(const Error& error, bool as_json);

}  // namespace vitrine::app
