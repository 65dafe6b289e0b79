#include "app/settings.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <ranges>

#include "app/role_settings.h"

namespace vitrine::app {
namespace {

using Applied = Result<void>;

template <class Number>
Applied set_number(Number& to, std::string_view text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most)
    return fail(Code::InvalidInput,
                fmt::format("'{}' is not a whole number from {} to {}.", text, least, most));
  to = static_cast<Number>(value);
  return {};
}

template <class Number>
Applied set_number(std::optional<Number>& to, std::string_view text, std::uint64_t least,
                   std::uint64_t most) {
  return set_number(to.emplace(), text, least, most);
}

Applied set_switch(bool& to, std::string_view text) {
  if (text != "true" && text != "false")
    return fail(Code::InvalidInput, fmt::format("'{}' is neither true nor false.", text));
  to = text == "true";
  return {};
}

Applied set_text(auto& to, std::string_view text) {
  if (text.empty()) return fail(Code::InvalidInput, "the value is empty.");
  to = text;
  return {};
}

Applied set_tick(std::chrono::milliseconds& to, std::string_view text) {
  std::uint32_t count = 0;
  TRY(set_number(count, text, 10, 60'000));
  to = std::chrono::milliseconds(count);
  return {};
}

Applied set_days(std::chrono::hours& to, std::string_view text) {
  std::uint32_t count = 0;
  TRY(set_number(count, text, 0, 3650));
  to = std::chrono::hours(24 * count);
  return {};
}

Applied set_minutes(std::chrono::minutes& to, std::string_view text) {
  std::uint32_t count = 0;
  TRY(set_number(count, text, 0, 10'080));
  to = std::chrono::minutes(count);
  return {};
}

/// "all", or names with commas between them.
Applied set_versioned(blobs::KeepingSettings& to, std::string_view text) {
  to.all_versioned = text == "all";
  to.versioned_accounts.clear();
  if (to.all_versioned) return {};
  for (auto part : std::views::split(text, ',')) {
    const auto name = TRY(identity::AccountName::parse(std::string_view(part)));
    to.versioned_accounts.insert(name.text());
  }
  return {};
}

Applied set_container_retention(blobs::KeepingSettings& to, std::string_view text) {
  std::uint32_t days = 0;
  TRY(set_number(days, text, 0, 365));
  to.containers = std::chrono::days(days);
  return {};
}

Applied set_level(log::Level& to, std::string_view text) {
  constexpr std::string_view kLevels[] = {"debug", "info", "warn", "error"};
  auto found = std::ranges::find(kLevels, text);
  if (found == std::end(kLevels))
    return fail(Code::InvalidInput,
                fmt::format("'{}' is no level; choose debug, info, warn or error.", text));
  to = static_cast<log::Level>(found - std::begin(kLevels));
  return {};
}

constexpr Setting kSettings[] = {
    {"dev", "development server: the well-known account devstoreaccount1 and those in AZURITE_ACCOUNTS", true,
     [](Settings& s, std::string_view v) { return set_switch(s.dev, v); }},
    {"dev-listen-anywhere",
     "let --dev listen on other addresses than loopback; its key is known to everybody", true,
     [](Settings& s, std::string_view v) { return set_switch(s.dev_listen_anywhere, v); }},
    {"data-dir", "where everything is kept (vitrine-data)", false,
     [](Settings& s, std::string_view v) { return set_text(s.data_dir, v); }},
    {"listen", "address of both ports (127.0.0.1)", false,
     [](Settings& s, std::string_view v) { return set_text(s.listen, v); }},
    {"blob-port", "port of the Azure Blob protocol; 0: any free one (10000)", false,
     [](Settings& s, std::string_view v) { return set_number(s.blob_port, v, 0, 65535); }},
    {"platform-port", "port of API, log, metrics and AI wire formats; 0: any free one (10080)", false,
     [](Settings& s, std::string_view v) { return set_number(s.platform_port, v, 0, 65535); }},
    {"threads", "network threads (one for each core)", false,
     [](Settings& s, std::string_view v) { return set_number(s.threads, v, 1, 1024); }},
    {"models", "folder of the analysis models", false,
     [](Settings& s, std::string_view v) { return set_text(s.models, v); }},
    {"worker", "the program vitrine-worker (beside this one)", false,
     [](Settings& s, std::string_view v) { return set_text(s.worker, v); }},
    {"workers", "analysis processes at a time (one for each core)", false,
     [](Settings& s, std::string_view v) { return set_number(s.workers, v, 1, 256); }},
    {"purposes", "purpose register, TOML (the one that was shipped)", false,
     [](Settings& s, std::string_view v) { return set_text(s.purposes, v); }},
    {"tls-certificate", "certificate chain, PEM: both ports then speak https", false,
     [](Settings& s, std::string_view v) { return set_text(s.tls_certificate, v); }},
    {"tls-key", "private key of the certificate, PEM", false,
     [](Settings& s, std::string_view v) { return set_text(s.tls_key, v); }},
    {"oidc-issuer", "issuer of the bearer tokens that are taken, as in their claim iss", false,
     [](Settings& s, std::string_view v) { return set_text(s.oidc_issuer, v); }},
    {"oidc-audience",
     "whom tokens are for, as in their claim aud; several with commas between them "
     "(https://storage.azure.com)",
     false, [](Settings& s, std::string_view v) { return set_text(s.oidc_audience, v); }},
    {"oidc-keys", "file with the issuer's public keys, a JWK set; read again when it changes", false,
     [](Settings& s, std::string_view v) { return set_text(s.oidc_keys, v); }},
    {"copy-from-hosts",
     "other servers that copies may come from: host, host:port, *.domain or *, with commas between them "
     "(none)",
     false, [](Settings& s, std::string_view v) { return set_text(s.copy_from_hosts, v); }},
    {"copy-from-networks",
     "networks, such as 10.0.0.0/8, that those may be in besides the public Internet (none)", false,
     [](Settings& s, std::string_view v) { return set_text(s.copy_from_networks, v); }},
    {"extent-dirs",
     "directories for bodies of more than 32 KiB, on one disk each, with commas between them (as last time; "
     "at first one in the data directory)",
     false, [](Settings& s, std::string_view v) { return set_text(s.extent_dirs, v); }},
    {"key-command", "program that holds the operator's key, in place of a file in the data directory", false,
     [](Settings& s, std::string_view v) { return set_text(s.key_command, v); }},
    {"log-origin", "name of the public log, such as log.example.org (vitrine/ and eight random digits)",
     false, [](Settings& s, std::string_view v) { return set_text(s.log_origin, v); }},
    {"seal-tick", "milliseconds between seals of the public log (1000)", false,
     [](Settings& s, std::string_view v) { return set_tick(s.seal_tick, v); }},
    {"journal-tail",
     "sealed records of an account that wait in the tables before they go to files, 256 at a time (4096)",
     false, [](Settings& s, std::string_view v) { return set_number(s.journal_tail, v, 0, 1 << 20); }},
    {"record-retention",
     "days after which records are dropped from journals, 256 at a time; their hashes stay; 0: never (0)",
     false, [](Settings& s, std::string_view v) { return set_days(s.record_retention, v); }},
    {"write-buffer", "MiB of changed metadata and small blobs in memory before they go to tables (64)", false,
     [](Settings& s, std::string_view v) { return set_number(s.write_buffer, v, 1, 4096); }},
    {"compaction-pause", "seconds between two passes that empty extents which hold little any more (600)",
     false, [](Settings& s, std::string_view v) { return set_number(s.compaction_pause, v, 1, 86'400); }},
    {"compaction-rate", "MiB a second that those passes move at most; 0: as fast as they go (64)", false,
     [](Settings& s, std::string_view v) { return set_number(s.compaction_rate, v, 0, 1 << 20); }},
    {"rehydration-minutes", "minutes until an archived blob can be read again (900)", false,
     [](Settings& s, std::string_view v) { return set_minutes(s.rehydration.standard, v); }},
    {"fast-rehydration-minutes", "the same with high priority (60)", false,
     [](Settings& s, std::string_view v) { return set_minutes(s.rehydration.high, v); }},
    {"versioned-accounts", "accounts whose blobs have versions, with commas between them; all: every one",
     false, [](Settings& s, std::string_view v) { return set_versioned(s.keeping, v); }},
    {"container-retention", "days in which a deleted container can be restored, 0 to 365 (0)", false,
     [](Settings& s, std::string_view v) { return set_container_retention(s.keeping, v); }},
    {"scrub-days", "days in which scrub reads everything once; 0: only when asked to (7)", false,
     [](Settings& s, std::string_view v) { return set_days(s.scrub_interval, v); }},
    {"scrub-rate", "MiB a second that scrub reads at least (1)", false,
     [](Settings& s, std::string_view v) { return set_number(s.scrub_rate, v, 1, 1 << 20); }},
    {"reserve",
     "MiB of disk kept for the records of reads and deletions when it is full; 0: none (256; with --dev 0)",
     false, [](Settings& s, std::string_view v) { return set_number(s.reserve, v, 0, 1'048'576); }},
    {"log-level", "least level that is logged: debug, info, warn or error (info)", false,
     [](Settings& s, std::string_view v) { return set_level(s.log_level, v); }},
    {"log-json", "log lines are JSON", true,
     [](Settings& s, std::string_view v) { return set_switch(s.log_json, v); }},
};

const Setting* find(std::string_view name) {
  auto found = std::ranges::find(kSettings, name, &Setting::name);
  return found == std::end(kSettings) ? nullptr : found;
}

Applied apply(Settings& settings, const Setting& setting, std::string_view value, const std::string& source) {
  auto applied = setting.apply(settings, value);
  if (applied) return applied;
  return fail(Code::InvalidInput, fmt::format("{}: {}", source, applied.error().message));
}

/// The values of the file may be written in their own types: 10080, true, "text".
Result<std::string> text_of(const toml::node& node) {
  if (auto text = node.value_exact<std::string>()) return *text;
  if (auto flag = node.value_exact<bool>()) return std::string(*flag ? "true" : "false");
  if (auto number = node.value_exact<std::int64_t>()) return std::to_string(*number);
  return fail(Code::InvalidInput, "the value is not a string, a whole number, true or false.");
}

Applied apply_file(Settings& settings, std::string_view text) {
  auto place = [](const toml::source_region& source) {
    return fmt::format("Configuration file, line {}", source.begin.line);
  };
  toml::table document;
  try {
    document = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return fail(Code::InvalidInput, fmt::format("{}: {} (Texts stand in quotes.)", place(error.source()),
                                                std::string(error.description())));
  }
  for (const auto& [key, node] : document) {
    if (key.str() == kRoles) {
      settings.roles = TRY(read_roles(node, place(key.source())));
      continue;
    }
    const auto* setting = find(key.str());
    if (!setting)
      return fail(Code::InvalidInput,
                  fmt::format("{}: there is no setting '{}'; `vitrine serve --help` lists them.",
                              place(key.source()), key.str()));
    auto source = fmt::format("{}, '{}'", place(key.source()), key.str());
    auto value = text_of(node);
    if (!value) return fail(Code::InvalidInput, fmt::format("{}: {}", source, value.error().message));
    TRY(apply(settings, *setting, *value, source));
  }
  return {};
}

}  // namespace

std::span<const Setting> all_settings() {
  return kSettings;
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value ? std::optional<std::string>(value) : std::nullopt;
  };
}

std::string variable_of(std::string_view setting) {
  std::string name = "VITRINE_";
  for (char c : setting) name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return name;
}

Result<Settings> combine(std::string_view file, const Environment& environment, const Values& flags) {
  Settings settings;
  TRY(apply_file(settings, file));
  for (const auto& setting : kSettings) {
    auto variable = variable_of(setting.name);
    if (auto value = environment(variable)) TRY(apply(settings, setting, *value, variable));
  }
  for (const auto& setting : kSettings) {
    auto value = flags.find(setting.name);
    if (value != flags.end()) TRY(apply(settings, setting, value->second, fmt::format("--{}", setting.name)));
  }
  return settings;
}

}  // namespace vitrine::app
