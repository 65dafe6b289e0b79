// Where libraries that throw are called: their exceptions become Errors here.
#pragma once

#include <string_view>
#include <utility>

#include "base/error.h"

namespace vitrine::worker {

/// The exception being handled, as an Error: InsufficientStorage for want of memory, Internal for all
/// else. `doing` completes the sentence "... failed". Only inside a catch block.
Error caught(std::string_view doing);

/// Calls `work`, which returns a Result and calls libraries that may throw.
template <class Work>
auto at_library_edge(std::string_view doing, Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (...) {
    return std::unexpected(caught(doing));
  }
}

}  // namespace vitrine::worker
