// A range of IPv4 addresses, as shared access signatures carry it.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace vitrine::identity {

class IpRange {
 public:
  /// "168.1.5.65" or "168.1.5.60-168.1.5.70", both ends included. Errors: InvalidInput.
  static Result<IpRange> parse(std::string_view text);

  /// Also understands an IPv4 address written as IPv6 (::ffff:a.b.c.d); false for any other text.
  [[nodiscard]] bool contains(std::string_view address) const;

 private:
  IpRange(std::uint32_t first, std::uint32_t last) : first_(first), last_(last) {}
  std::uint32_t first_;
  std::uint32_t last_;
};

}  // namespace vitrine::identity
