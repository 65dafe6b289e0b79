#include "app/remote_parts.h"

#include <fmt/format.h>

#include <algorithm>

namespace vitrine::app {
namespace {

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find(','));
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(text.size(), part.size() + 1));
  }
  return parts;
}

Result<void> check_host(const std::string& host) {
  const auto is_of_a_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._:*[]").contains(c);
  };
  const auto star = host.rfind('*');
  const bool is_well_placed = star == std::string::npos || host == "*" || host.starts_with("*:") ||
                              (star == 0 && host.starts_with("*."));
  if (std::ranges::all_of(host, is_of_a_name) && is_well_placed) return {};
  return fail(Code::InvalidInput,
              fmt::format("--copy-from-hosts: '{}' is not a host, host:port, *.domain or *.", host));
}

}  // namespace

Result<std::unique_ptr<azure::blob::RemoteSources>> remote_sources(const Settings& settings) {
  http::RemoteRules rules{.hosts = split(settings.copy_from_hosts)};
  for (const auto& host : rules.hosts) TRY(check_host(host));
  for (const auto& text : split(settings.copy_from_networks)) {
    auto network = http::Network::parse(text);
    if (!network)
      return fail(Code::InvalidInput, fmt::format("--copy-from-networks: {}", network.error().message));
    rules.networks.push_back(*network);
  }
  if (rules.hosts.empty()) return nullptr;
  return std::make_unique<azure::blob::RemoteSources>(std::move(rules));
}

}  // namespace vitrine::app
