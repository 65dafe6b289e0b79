// A way through rows of which some may be damaged.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace vitrine::blobs {

/// Goes through rows in the order of their keys and takes them away. A row that cannot be read stays where it
/// is, and with it what it names: an alarm says which it is, and the walk goes on behind it.
class RowWalk {
 public:
  /// Where the walk goes on through rows of which `first` is the first.
  [[nodiscard]] std::string from(const std::string& first) const { return std::max(first, from_); }
  /// The rows before this key were looked at.
  void pass_to(const std::string& key) { from_ = std::max(key, from_); }

  /// What the row under the key says; nothing for one that cannot be read. Errors: any but Corrupt and
  /// ContentDestroyed, which are the row's own.
  template <class T>
  Result<std::optional<T>> if_readable(Result<T> value, std::string_view key) {
    if (value) return std::optional(std::move(*value));
    const auto code = value.error().code;
    if (code != Code::Corrupt && code != Code::ContentDestroyed)
      return std::unexpected(std::move(value).error());
    leave(key, value.error());
    return std::optional<T>();
  }
  /// Whether every row could be read.
  [[nodiscard]] bool is_whole() const { return is_whole_; }

 private:
  void leave(std::string_view key, const Error& error);

  std::string from_;
  bool is_whole_ = true;
};

/// Of the tables that collection takes rows from.
struct RowWalks {
  RowWalk heads, rows;

  [[nodiscard]] bool are_whole() const { return heads.is_whole() && rows.is_whole(); }
};

}  // namespace vitrine::blobs
