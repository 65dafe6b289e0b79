// The header fields of a message.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::http {

/// True when both are equal apart from the case of ASCII letters, as field names compare (RFC 9110 §5.1).
bool equal_ignoring_case(std::string_view a, std::string_view b);
/// An order in which such equals stand side by side.
bool less_ignoring_case(std::string_view a, std::string_view b);

/// Header fields in the order they came; names compare without case, and repeats are kept.
/// All text lives in one buffer, so that a connection reuses it from request to request. Views handed out
/// are good until the next set, add or clear; none of them may be given such a view of itself.
class Headers {
 public:
  struct Field {
    std::string_view name;
    std::string_view value;
  };
  class Iterator;

  /// The first value of that name.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  /// How many fields have that name.
  [[nodiscard]] std::size_t count(std::string_view name) const;
  /// Replaces every field of that name by one, at the end.
  void set(std::string_view name, std::string_view value);
  /// Appends a field beside those of the same name.
  void add(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  void clear();

  [[nodiscard]] std::size_t size() const { return slices_.size(); }
  /// Precondition: index < size().
  [[nodiscard]] Field at(std::size_t index) const { return view(slices_[index]); }
  [[nodiscard]] Iterator begin() const;
  [[nodiscard]] Iterator end() const;

 private:
  /// Name and value lie side by side in text_.
  struct Slice {
    std::uint32_t start;
    std::uint32_t name_size;
    std::uint32_t value_size;
  };
  [[nodiscard]] Field view(const Slice& slice) const;

  std::string text_;
  std::vector<Slice> slices_;
};

class Headers::Iterator {
 public:
  Iterator(const Headers& headers, std::size_t index) : headers_(&headers), index_(index) {}
  Field operator*() const { return headers_->at(index_); }
  Iterator& operator++() {
    ++index_;
    return *this;
  }
  bool operator==(const Iterator& other) const { return index_ == other.index_; }

 private:
  const Headers* headers_;
  std::size_t index_;
};

inline Headers::Iterator Headers::begin() const {
  return {*this, 0};
}
inline Headers::Iterator Headers::end() const {
  return {*this, size()};
}

}  // namespace vitrine::http
