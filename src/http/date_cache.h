// The Date header's value.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"

namespace vitrine::http {

/// Spells a time as the Date header does, anew only when the second changed. For one thread.
class DateCache {
 public:
  /// The view lives until the next call.
  std::string_view at(Timestamp now);

 private:
  std::chrono::sys_seconds second_{std::chrono::seconds::min()};
  std::string text_;
};

}  // namespace vitrine::http
