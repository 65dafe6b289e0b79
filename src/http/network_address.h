// Which addresses a server may be sent to by somebody else's request.
// Source: RFC 6890 and the IANA special-purpose address registries, 2026-10.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"

struct sockaddr;

namespace vitrine::http {

/// An IPv6 address; one of IPv4 as ::ffff:a.b.c.d.
using NetworkAddress = std::array<std::uint8_t, 16>;

/// An address and how many of its bits count.
struct Network {
  NetworkAddress address{};
  unsigned bits = 0;  ///< of 128

  /// "10.0.0.0/8", "fd00::/8", or one address. Errors: InvalidInput.
  static Result<Network> parse(std::string_view text);
  [[nodiscard]] bool has(const NetworkAddress& other) const;
  friend bool operator==(const Network&, const Network&) = default;
};

/// Errors: InvalidInput for an address of another kind than IPv4 and IPv6.
Result<NetworkAddress> address_of(const sockaddr& socket);

/// Whether it is an address of the public Internet: none of this machine, a private network, a link, a group
/// or one that stands for such an address of IPv4.
bool is_public(const NetworkAddress& address);

/// Whether an interface of this machine has it.
bool is_of_this_machine(const NetworkAddress& address);

}  // namespace vitrine::http
