#include "azure/blob/addressing.h"

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
  if (!name.ends_with(kAccountHostSuffix)) return {};
  return name.substr(0, name.size() - kAccountHostSuffix.size());
}

Result<Address> address_of_account(std::string_view label) {
  bool secondary = label.ends_with(kSecondarySuffix);
  if (secondary) label.remove_suffix(kSecondarySuffix.size());
  return Address{TRY(identity::AccountName::parse(label)), secondary, std::nullopt, std::nullopt};
}

}  // namespace

Result<Address> parse_address(const http::Target& target, std::string_view host) {
  std::string_view path = target.raw_path;
  if (path.starts_with('/')) path.remove_prefix(1);
  auto label = account_label(host);
  if (label.empty()) label = take_until(path, '/');
  if (label.empty())
    return fail(Code::InvalidUri, "The address names no account; write /{account}/{container}/{blob}.");
  auto address = TRY(address_of_account(label));
  if (path.empty()) return address;

  auto slash = path.find('/');
  bool names_container = slash != std::string_view::npos || target.parameter("restype").has_value();
  auto container =
      names_container ? TRY(http::percent_decode(take_until(path, '/'))) : std::string(blobs::kRootContainer);
  address.container = TRY(blobs::ContainerName::parse(container));
  if (!path.empty()) address.blob = TRY(blobs::BlobName::parse(TRY(http::percent_decode(path))));
  return address;
}

}  // namespace vitrine::azure::blob
