// What the server is told: by flags, by the environment, by a TOML file.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "blobs/access_tier.h"
#include "blobs/keeping.h"
#include "identity/roles.h"

namespace vitrine::app {

/// Everything that `vitrine serve` can be told, with what holds when it is told nothing.
struct Settings {
  bool dev = false;
  bool dev_listen_anywhere = false;
  std::filesystem::path data_dir = "vitrine-data";
  std::string listen = "127.0.0.1";
  std::uint16_t blob_port = 10000;
  std::uint16_t platform_port = 10080;
  unsigned threads = 0;            ///< 0: one for each core
  std::filesystem::path worker;    ///< empty: vitrine-worker beside this program
  std::filesystem::path models;    ///< empty: found as docs of the setting say
  unsigned workers = 0;            ///< analysis processes; 0: one for each core
  std::filesystem::path purposes;  ///< empty: the register compiled in
  std::filesystem::path tls_certificate;
  std::filesystem::path tls_key;
  std::string oidc_issuer;                                  ///< of bearer tokens; empty: none are taken
  std::string oidc_audience = "https://storage.azure.com";  ///< with commas between several
  std::filesystem::path oidc_keys;                          ///< the issuer's JWK set
  std::vector<identity::RoleAssignment> roles;              ///< the [[role]] tables of the file
  std::string copy_from_hosts;     ///< with commas between them; empty: copies from this server alone
  std::string copy_from_networks;  ///< likewise; besides the public Internet
  std::string extent_dirs;         ///< with commas between them; empty: as at the last start
  std::string key_command;         ///< a program that holds the operator's key; empty: the key is in a file
  std::string log_origin;          ///< of a new log; empty: made up
  std::chrono::milliseconds seal_tick{1000};
  std::uint64_t journal_tail = 4096;       ///< sealed records of a journal that may be in the store
  std::chrono::hours record_retention{0};  ///< records are kept so long; 0: for ever
  unsigned write_buffer = 64;              ///< MiB
  unsigned compaction_pause = 600;         ///< seconds
  std::uint64_t compaction_rate = 64;      ///< MiB a second at most; 0: no bound
  blobs::RehydrationTimes rehydration{};
  blobs::KeepingSettings keeping{};
  std::chrono::hours scrub_interval{7 * 24};  ///< 0: only when asked for
  std::uint64_t scrub_rate = 1;               ///< MiB a second at least
  std::optional<unsigned> reserve;            ///< MiB of disk kept for records; 0: none
  log::Level log_level = log::Level::Info;
  bool log_json = false;
};

/// One thing that can be set: the flag --NAME, the variable VITRINE_NAME, the key "NAME" of the file.
struct Setting {
  std::string_view name;
  std::string_view help;
  bool is_switch;  ///< true or false; as a flag it stands alone
  /// Errors: InvalidInput, a sentence that does not name the setting.
  Result<void> (*apply)(Settings&, std::string_view);
};

/// In the order of the help text.
std::span<const Setting> all_settings();

/// Named values from one source, by the settings' names.
using Values = std::map<std::string, std::string, std::less<>>;

/// Looks a variable up; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
/// The process's own.
Environment process_environment();

/// "data-dir" → "VITRINE_DATA_DIR".
std::string variable_of(std::string_view setting);

/// Later sources win: defaults, then file, then environment, then flags. `file` is TOML text, empty for none.
/// Errors: InvalidInput naming the source (with the line of a file) and what is wrong; an unknown key is one.
Result<Settings> combine(std::string_view file, const Environment& environment, const Values& flags);

}  // namespace vitrine::app
