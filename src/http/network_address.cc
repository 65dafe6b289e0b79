#include "http/network_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <memory>
#include <span>
#include <string>

namespace vitrine::http {
namespace {

constexpr unsigned kBits = 128, kBitsBeforeV4 = 96;
constexpr NetworkAddress kV4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

NetworkAddress of_v4(const void* bytes) {
  auto address = kV4;
  std::memcpy(address.data() + kBitsBeforeV4 / 8, bytes, 4);
  return address;
}

constexpr std::string_view kNotPublic[] = {
    // What IPv4 means by them, and whatever stands for an address of IPv4 and is not one as such.
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    // Azure's service for its own virtual machines.
    "168.63.129.16/32"};
/// Of IPv6, only what was given out for the Internet; and what stands for IPv4.
constexpr std::string_view kGlobal[] = {"2000::/3", "::ffff:0.0.0.0/96"};

std::vector<Network> parse_all(std::span<const std::string_view> texts) {
  std::vector<Network> networks;
  for (auto text : texts) networks.push_back(*Network::parse(text));
  return networks;
}

bool any_has(const std::vector<Network>& networks, const NetworkAddress& address) {
  return std::ranges::any_of(networks, [&](const Network& network) { return network.has(address); });
}

}  // namespace

Result<Network> Network::parse(std::string_view text) {
  const auto bad = [&] { return fail(Code::InvalidInput, fmt::format("'{:.64}' is no network.", text)); };
  const auto slash = std::min(text.find('/'), text.size());
  const std::string address(text.substr(0, slash));
  Network network;
  std::array<std::uint8_t, 4> v4{};
  const bool is_v4 = ::inet_pton(AF_INET, address.c_str(), v4.data()) == 1;
  if (is_v4)
    network.address = of_v4(v4.data());
  else if (::inet_pton(AF_INET6, address.c_str(), network.address.data()) != 1)
    return bad();
  network.bits = kBits;
  if (slash == text.size()) return network;
  const auto digits = text.substr(slash + 1);
  const unsigned before = is_v4 ? kBitsBeforeV4 : 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), network.bits);
  if (problem != std::errc() || end != digits.data() + digits.size() || network.bits > kBits - before)
    return bad();
  network.bits += before;
  return network;
}

bool Network::has(const NetworkAddress& other) const {
  const auto whole = bits / 8;
  if (!std::equal(address.begin(), address.begin() + whole, other.begin())) return false;
  const auto rest = bits % 8;
  return rest == 0 || (address.at(whole) ^ other.at(whole)) >> (8 - rest) == 0;
}

Result<NetworkAddress> address_of(const sockaddr& socket) {
  if (socket.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &socket, sizeof v4);
    return of_v4(&v4.sin_addr);
  }
  if (socket.sa_family != AF_INET6) return fail(Code::InvalidInput, "This is no address of the Internet.");
  sockaddr_in6 v6{};
  std::memcpy(&v6, &socket, sizeof v6);
  NetworkAddress address{};
  std::memcpy(address.data(), &v6.sin6_addr, address.size());
  return address;
}

bool is_public(const NetworkAddress& address) {
  static const auto global = parse_all(kGlobal), not_public = parse_all(kNotPublic);
  return any_has(global, address) && !any_has(not_public, address);
}

bool is_of_this_machine(const NetworkAddress& address) {
  ifaddrs* first = nullptr;
  // Who cannot tell says yes.
  if (::getifaddrs(&first) != 0) return true;
  const std::unique_ptr<ifaddrs, decltype([](ifaddrs* all) { ::freeifaddrs(all); })> all(first);
  for (const auto* each = first; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr) continue;
    const auto own = address_of(*each->ifa_addr);
    if (own && *own == address) return true;
  }
  return false;
}

}  // namespace vitrine::http
