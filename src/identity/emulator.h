// The identity of Azure's storage emulators, which clients have built in.
#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "identity/names.h"

namespace vitrine::identity {

/// The account and key behind "UseDevelopmentStorage=true": published, the same everywhere.
inline constexpr std::string_view kEmulatorAccount = "devstoreaccount1";
inline constexpr std::string_view kEmulatorKey =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/// Whether the secret is one that anybody can look up.
bool is_well_known(ConstBytes secret);

/// An account asked for by configuration, with one or two secrets.
struct ConfiguredAccount {
  AccountName name;
  std::vector<Bytes> secrets;
};

/// Reads "name:key1[:key2];name:key1…", the form of the variable AZURITE_ACCOUNTS; keys in base64 (also of
/// URLs, also without padding), empty entries skipped. Errors: InvalidInput naming the entry, never the key.
Result<std::vector<ConfiguredAccount>> parse_configured_accounts(std::string_view text);

}  // namespace vitrine::identity
