// Ranges of keys.
#pragma once

#include <string>

namespace vitrine::store {

/// The first key that does not begin with the prefix and lies behind those that do; empty when there is none.
std::string key_after_prefix(std::string prefix);

}  // namespace vitrine::store
