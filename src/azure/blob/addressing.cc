#include "azure/blob/addressing.h"

#include <algorithm>

namespace vitrine::azure::blob {
namespace {

constexpr std::string_view kSecondarySuffix = "-secondary";

/// Cuts the text up to the separator off the front; all of it when there is none.
std::string_view take_until(std::string_view& text, char separator) {
  auto part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

/// The account label of a host-style address; empty in path style.
std::string_view account_label(std::string_view host) {
  auto name = host.substr(0, host.find(':'));
  for (const auto suffix : {kAccountHostSuffix, kSiteHostSuffix})
    if (name.ends_with(suffix)) return name.substr(0, name.size() - suffix.size());
  return {};
}

/// The label of the account at the front of the address; `path` keeps what follows it, without a slash.
std::string_view take_label(std::string_view& path, std::string_view host) {
  if (path.starts_with('/')) path.remove_prefix(1);
  auto label = account_label(host);
  return label.empty() ? take_until(path, '/') : label;
}

std::string_view without_suffix(std::string_view label) {
  if (label.ends_with(kSecondarySuffix)) label.remove_suffix(kSecondarySuffix.size());
  return label;
}

Result<Address> address_of_account(std::string_view label) {
  return Address{TRY(identity::AccountName::parse(without_suffix(label))), label.ends_with(kSecondarySuffix),
                 std::nullopt, std::nullopt};
}

}  // namespace

std::string_view account_named(const http::Target& target, std::string_view host) {
  std::string_view path = target.raw_path;
  return without_suffix(take_label(path, host));
}

Result<Address> parse_address(const http::Target& target, std::string_view host) {
  std::string_view path = target.raw_path;
  auto label = take_label(path, host);
  if (label.empty())
    return fail(Code::InvalidUri, "The address names no account; write /{account}/{container}/{blob}.");
  auto address = TRY(address_of_account(label));
  if (path.empty()) return address;

  auto slash = path.find('/');
  bool names_container = slash != std::string_view::npos || target.parameter("restype").has_value();
  auto container =
      names_container ? TRY(http::percent_decode(take_until(path, '/'))) : std::string(blobs::kRootContainer);
  address.container = TRY(blobs::ContainerName::parse(container));
  if (!path.empty()) {
    auto blob = TRY(http::percent_decode(path));
    std::ranges::replace(blob, '\\', '/');  // as the service does
    address.blob = TRY(blobs::BlobName::parse(blob));
  }
  return address;
}

}  // namespace vitrine::azure::blob
