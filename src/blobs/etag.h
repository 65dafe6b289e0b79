// The entity tag of a blob's or container's state.
#pragma once

#include <fmt/format.h>

#include <compare>
#include <cstdint>
#include <string>

namespace vitrine::blobs {

/// Changes whenever contents, properties or metadata change; never by a lease.
class ETag {
 public:
  explicit ETag(std::uint64_t value) : value_(value) {}

  [[nodiscard]] std::uint64_t value() const { return value_; }
  /// "0x8DE1B2C3D4E5F60", as listings show it.
  [[nodiscard]] std::string text() const { return fmt::format("0x{:X}", value_); }
  /// In quotation marks, as headers carry it (RFC 9110 §8.8.3).
  [[nodiscard]] std::string quoted() const { return fmt::format("\"0x{:X}\"", value_); }

  friend auto operator<=>(ETag, ETag) = default;

 private:
  std::uint64_t value_;
};

}  // namespace vitrine::blobs
