// A number with its noun, for sentences: "1 record", "2 records".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vitrine {

/// `many` is for nouns that take more than an s: counted(2, "entry", "entries").
inline std::string counted(std::uint64_t number, std::string_view one, std::string_view many = {}) {
  auto text = std::to_string(number) + ' ';
  if (number == 1) return text.append(one);
  return many.empty() ? text.append(one) + 's' : text.append(many);
}

}  // namespace vitrine
