#include "identity/ip_range.h"

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>

namespace vitrine::identity {
namespace {

namespace ip = boost::asio::ip;

std::optional<std::uint32_t> parse_v4(std::string_view text) {
  boost::system::error_code error;
  auto address = ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  if (address.is_v4()) return address.to_v4().to_uint();
  if (address.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address.to_v6()).to_uint();
  return std::nullopt;
}

}  // namespace

Result<IpRange> IpRange::parse(std::string_view text) {
  auto dash = text.find('-');
  auto first = parse_v4(text.substr(0, dash));
  auto last = dash == std::string_view::npos ? first : parse_v4(text.substr(dash + 1));
  if (first && last && *first <= *last) return IpRange(*first, *last);
  return fail(Code::InvalidInput, fmt::format("'{:.64}' is not an IPv4 address or a range of them.", text));
}

bool IpRange::contains(std::string_view address) const {
  auto number = parse_v4(address);
  return number && *number >= first_ && *number <= last_;
}

}  // namespace vitrine::identity
