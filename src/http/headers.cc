#include "http/headers.h"

#include <algorithm>

namespace vitrine::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool less_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::lexicographical_compare(a, b, {}, lower, lower);
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto& slice : slices_) {
    if (slice.name_size == name.size() && equal_ignoring_case(view(slice).name, name))
      return view(slice).value;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(slices_.begin(), slices_.end(), [&](const Slice& slice) {
    return equal_ignoring_case(view(slice).name, name);
  }));
}

void Headers::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void Headers::add(std::string_view name, std::string_view value) {
  if (slices_.empty()) {  // as many as a message usually has, at once
    slices_.reserve(24);
    text_.reserve(1024);
  }
  slices_.push_back({.start = static_cast<std::uint32_t>(text_.size()),
                     .name_size = static_cast<std::uint32_t>(name.size()),
                     .value_size = static_cast<std::uint32_t>(value.size())});
  text_.append(name).append(value);
}

void Headers::remove(std::string_view name) {
  std::erase_if(slices_, [&](const Slice& slice) { return equal_ignoring_case(view(slice).name, name); });
}

void Headers::clear() {
  text_.clear();
  slices_.clear();
}

Headers::Field Headers::view(const Slice& slice) const {
  std::string_view text(text_);
  return {.name = text.substr(slice.start, slice.name_size),
          .value = text.substr(slice.start + slice.name_size, slice.value_size)};
}

}  // namespace vitrine::http
