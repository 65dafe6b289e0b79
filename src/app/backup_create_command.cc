// vitrine backup create
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <thread>

#include "app/backup_command.h"
#include "app/backup_parts.h"
#include "app/client_commands.h"
#include "app/exit.h"
#include "app/extent_directories.h"
#include "base/log.h"
#include "platform/backup_calls.h"

namespace vitrine::app {
namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds kLookAgain{100};

struct Asked {
  ApiOptions api;
  std::string to;
  bool full = false;
  bool with_keys = false;
  std::uint64_t rate = 0;  ///< MiB a second; 0: no bound
};

constexpr const char* kNoKeys =
    "The keys are NOT in it. Without keys/operator.key nothing that was stored can be read again, without\n"
    "keys/log.key no server starts on it: keep copies of both in another safe place.\n";
constexpr const char* kWithKeys =
    "The keys ARE in it: whoever has this folder can read everything and sign in the log's name.\n";
constexpr const char* kWithLogKey =
    "keys/log.key IS in it: whoever has this folder can sign in the log's name. The operator's key is NOT: "
    "the\n"
    "program of --key-command holds it, and without that nothing that was stored can be read again.\n";

void show(const Asked& asked, const json::value& backup) {
  if (asked.api.json) {
    fmt::print("{}\n", json::serialize(backup));
    return;
  }
  fmt::print("Backup {} in {}: {} bytes, {} of them new; commit {}, {} entries in the public log\n",
             words(backup, "number"), asked.to, words(backup, "bytes"), words(backup, "copiedBytes"),
             words(backup, "version"), words(backup, "logSize"));
  if (auto damaged = words(backup, "damaged"); !damaged.empty())
    fmt::print("DAMAGED in the store already, and so in this backup: {}. Restore these from an older one.\n",
               damaged);
  const auto keys = words(backup, "keys");
  fmt::print("{}", keys.empty()                                     ? kNoKeys
                   : keys.find("operator.key") == std::string::npos ? kWithLogKey
                                                                    : kWithKeys);
}

int finish(const Asked& asked, const json::value& backup) {
  show(asked, backup);
  return words(backup, "damaged").empty() ? kSuccess : kFailure;
}

Result<ApiAnswer> ask_server(const Asked& asked) {
  json::object body{{"to", asked.to},
                    {"full", asked.full},
                    {"withKeys", asked.with_keys},
                    {"bytesPerSecond", asked.rate << 20}};
  auto answer =
      TRY(call_as_operator(asked.api, TRY(api_request(asked.api, "POST", "/backups", std::move(body)))));
  while (!answer.refused() && words(answer.body, "state") == "running") {
    std::this_thread::sleep_for(kLookAgain);
    answer = TRY(call_as_operator(asked.api, TRY(api_request(asked.api, "GET", "/backups"))));
  }
  return answer;
}

int create_by_server(const Asked& asked) {
  const auto answer = ask_server(asked);
  if (!answer || answer->refused())
    return print(asked.api, answer, [](const json::value&) { return std::string(); });
  if (words(answer->body, "state") == "succeeded")
    return finish(asked, answer->body.as_object().at("backup"));
  return report(fail(Code::Unavailable, words(answer->body, "message")));
}

/// The store of a stopped server. Nothing when it is not there, a server runs on it, or a server was named
/// and no directory.
Result<std::optional<backup::Created>> create_here(const Asked& asked) {
  const DataDir data{asked.api.data_dir};
  if (asked.api.data_dir_named < asked.api.server_named || !std::filesystem::exists(data.store()))
    return std::nullopt;
  const bool dev = std::filesystem::exists(data.development());
  auto lock = prepare(data, dev);
  if (!lock && lock.error().code == Code::Unavailable) return std::nullopt;
  if (!lock) return std::unexpected(lock.error());
  log::configure(log::Level::Warn, log::Form::Text);
  const auto store = TRY(store::Store::open({.directory = data.store(),
                                             .extent_directories = TRY(find_extent_directories(data, "")),
                                             .compaction_pause = std::nullopt}));
  backup::CreateOptions options{
      .to = asked.to, .full = asked.full, .journals = data.journals(), .development = dev};
  if (asked.with_keys) options.keys = key_files(data);
  return TRY(backup::create(*store, options, {.bytes_per_second = asked.rate << 20}));
}

/// One disk, one mistake with a folder takes both.
void warn_of_nearness(const Asked& asked) {
  std::error_code error;
  const auto data = std::filesystem::weakly_canonical(asked.api.data_dir, error);
  const auto relative = std::filesystem::weakly_canonical(asked.to, error).lexically_relative(data);
  if (error || !std::filesystem::exists(data, error) || relative.empty() || *relative.begin() == "..") return;
  fmt::print(stderr, "vitrine: the backup goes into the data directory itself: what takes one takes both.\n");
}

int create(Asked asked) {
  asked.to = std::filesystem::absolute(asked.to).lexically_normal().string();
  warn_of_nearness(asked);
  const auto here = create_here(asked);
  if (!here) return report(std::unexpected(here.error()));
  return *here ? finish(asked, platform::describe(**here)) : create_by_server(asked);
}

}  // namespace

void add_backup_create(CLI::App& backup, int& status) {
  auto asked = std::make_shared<Asked>();
  auto* command = backup.add_subcommand(
      "create", "Back up: the running server does it, or this command when the server is stopped");
  command->add_option("--to", asked->to, "the folder for the backups, on the server's machine")->required();
  command->add_flag("--full", asked->full, "copy everything, not only what is new");
  command->add_flag("--with-keys", asked->with_keys, "put the keys into it, too: then guard it like them");
  command->add_option("--rate", asked->rate, "MiB a second at most; 0: no bound")
      ->check(CLI::Range(0, kMostRate))
      ->capture_default_str();
  add_operator_options(command, asked->api);
  command->callback([asked, &status] { status = create(*asked); });
}

}  // namespace vitrine::app
