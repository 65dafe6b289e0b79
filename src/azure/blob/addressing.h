// Which account, container and blob an address names.
#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"
#include "blobs/names.h"
#include "http/target.h"
#include "identity/names.h"

namespace vitrine::azure::blob {

/// What a request is about: an account's service, one of its containers, or a blob (then both are set).
struct Address {
  identity::AccountName account;
  bool secondary = false;  ///< asked for at the "-secondary" endpoint
  std::optional<blobs::ContainerName> container;
  std::optional<blobs::BlobName> blob;
};

/// Hosts of this ending are addressed as {account}.blob.localhost; all others by the path.
inline constexpr std::string_view kAccountHostSuffix = ".blob.localhost";

/// An account's site is addressed as {account}.web.localhost.
inline constexpr std::string_view kSiteHostSuffix = ".web.localhost";

/// The account that an address names, whether there may be one of that name or not; empty when it names none.
/// It is a view into the target or the host.
std::string_view account_named(const http::Target& target, std::string_view host);

/// Reads /{account}[-secondary]/{container}/{blob}, or /{container}/{blob} at
/// {account}[-secondary].blob.localhost. The path is split before it is decoded, so that an encoded slash
/// never moves a border. A single segment is a blob of $root unless `restype` says what it is. `host` may
/// hold a port. Errors: InvalidUri (no account), InvalidResourceName.
Result<Address> parse_address(const http::Target& target, std::string_view host);

}  // namespace vitrine::azure::blob
