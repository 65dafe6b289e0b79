#include "app/start_checks.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "app/option_file.h"
#include "ledger/ledger.h"

namespace vitrine::app {
namespace {

constexpr std::string_view kPrefix = "VITRINE_";
/// Those of the commands that are clients, of --config, and of the tests that start this program.
constexpr std::string_view kOtherVariables[] = {
    "VITRINE_CONFIG", "VITRINE_SERVER",         "VITRINE_CA",
    "VITRINE_BIN",    "VITRINE_OPERATOR_TOKEN", "VITRINE_ACCOUNT_KEY"};

bool is_loopback(const std::string& address) {
  boost::system::error_code error;
  auto parsed = boost::asio::ip::make_address(address, error);
  return !error && parsed.is_loopback();
}

bool is_known(std::string_view variable) {
  return std::ranges::find(kOtherVariables, variable) != std::end(kOtherVariables) ||
         std::ranges::any_of(all_settings(), [&](const auto& s) { return variable_of(s.name) == variable; });
}

}  // namespace

Result<void> check(const Settings& settings) {
  if (!ledger::kHasRecords && !settings.dev)
    return fail(Code::InvalidInput,
                "This program was built for a benchmark and keeps no records, so it serves with --dev only. "
                "Use `vitrine`.");
  if (settings.dev && !settings.dev_listen_anywhere && !is_loopback(settings.listen))
    return fail(
        Code::InvalidInput,
        fmt::format("--dev has a key that everybody knows, so it listens on loopback only, not on {}. Leave "
                    "--dev out, or add --dev-listen-anywhere if nobody else can reach this machine.",
                    settings.listen));
  if (settings.blob_port == settings.platform_port && settings.blob_port != 0)
    return fail(Code::InvalidInput,
                fmt::format("--blob-port and --platform-port both name {}: give each a port of its own.",
                            settings.blob_port));
  if (settings.oidc_issuer.empty() != settings.oidc_keys.empty())
    return fail(Code::InvalidInput, "--oidc-issuer and --oidc-keys go together; set both or neither.");
  if (settings.oidc_issuer.empty() && !settings.roles.empty())
    return fail(Code::InvalidInput,
                "Roles are those of bearer tokens; set --oidc-issuer and --oidc-keys, too.");
  if (settings.tls_certificate.empty() != settings.tls_key.empty())
    return fail(Code::InvalidInput, "--tls-certificate and --tls-key go together; set both or neither.");
  if (settings.tls_certificate.empty()) return {};
  TRY(read_option_file("--tls-certificate", settings.tls_certificate));
  TRY(read_option_file("--tls-key", settings.tls_key));
  return {};
}

std::vector<std::string> unknown_variables() {
  std::vector<std::string> unknown;
  for (char** variable = environ; variable && *variable; ++variable) {
    std::string_view text(*variable);
    auto name = text.substr(0, text.find('='));
    if (name.starts_with(kPrefix) && !is_known(name)) unknown.emplace_back(name);
  }
  std::ranges::sort(unknown);
  return unknown;
}

void warn_of_clear_text(const Settings& settings) {
  if (settings.dev || !settings.tls_certificate.empty() || is_loopback(settings.listen)) return;
  log::warn(
      "The operator's token, the signatures of keys and all data travel in clear text: set --tls-certificate "
      "and --tls-key, or listen on loopback behind a proxy that speaks TLS",
      {{"listen", settings.listen}});
}

void warn_of_missing_purposes(const identity::AccountDirectory& accounts,
                              const policy::PurposeRegister& purposes) {
  auto warn = [&](const identity::Account& account, const identity::AccessKey& key,
                  const identity::PurposeId& purpose) {
    if (purposes.find(purpose.text())) return;
    log::warn("A key is for a purpose that the register does not have; its use is denied",
              {{"account", account.name.text()}, {"key", key.name.text()}, {"purpose", purpose.text()}});
  };
  for (const auto& ring : accounts.all()) {
    const auto& account = ring->account();
    for (const auto& key : account.keys) {
      warn(account, key, key.default_purpose);
      for (const auto& purpose : key.allowed_purposes) warn(account, key, purpose);
    }
  }
}

}  // namespace vitrine::app
