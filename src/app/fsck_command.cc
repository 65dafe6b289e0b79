// vitrine fsck: of a stopped server, or with --online of a running one
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <thread>

#include "app/client_commands.h"
#include "app/exit.h"
#include "app/inspection.h"
#include "app/read_settings.h"
#include "base/counted.h"

namespace vitrine::app {
namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds kLookAgain{100};

struct Asked {
  ApiOptions api;  ///< its data directory is the one to look at
  std::string config;
  std::string key_command;
  std::string extent_dirs;
  bool online = false;
  bool checksums_only = false;
  std::uint64_t rate = 0;  ///< MiB a second; 0: no bound
};

void show_progress(std::uint64_t bytes) {
  if (::isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r{} MiB of content read", bytes >> 20);
}

void end_progress() {
  if (::isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\x1b[K");
}

/// What serve would be told of the directory and its keys.
Result<Settings> settings_of(const Asked& asked) {
  Values flags;
  if (asked.api.data_dir_named == NamedBy::Flag) flags["data-dir"] = asked.api.data_dir;
  if (!asked.key_command.empty()) flags["key-command"] = asked.key_command;
  if (!asked.extent_dirs.empty()) flags["extent-dirs"] = asked.extent_dirs;
  return read_settings(asked.config, flags);
}

Result<Inspection> look(const Asked& asked) {
  log::configure(log::Level::Warn, log::Form::Text);
  auto found = inspect(TRY(settings_of(asked)),
                       asked.checksums_only ? operations::BodyCheck::Place : operations::BodyCheck::Content,
                       show_progress);
  end_progress();
  return found;
}

json::array as_json(const std::vector<std::string>& sentences) {
  return json::array(sentences.begin(), sentences.end());
}

json::object as_json(const Inspection& found) {
  json::array damages;
  for (const auto& [place, what] : found.report.told) damages.push_back({{"place", place}, {"what", what}});
  json::object object{{"values", found.report.values},     {"records", found.report.records},
                      {"segments", found.report.segments}, {"segmentBytes", found.report.segment_bytes},
                      {"damages", found.report.damages},   {"notLookedAt", as_json(found.not_looked_at)},
                      {"remarks", as_json(found.remarks)}, {"told", std::move(damages)}};
  if (!found.content) return object;
  object["containers"] = found.content->containers;
  object["blobs"] = found.content->blobs;
  object["contentBytes"] = found.content->bytes;
  return object;
}

void show(const Inspection& found) {
  const auto& report = found.report;
  if (found.content)
    fmt::print("{}, {} of {}; ", counted(found.content->containers, "container"),
               counted(found.content->blobs, "blob"), counted(found.content->bytes, "byte"));
  fmt::print("{}, {}; {} of {} on disk\n", counted(report.values, "value"), counted(report.records, "record"),
             counted(report.segments, "segment"), counted(report.segment_bytes, "byte"));
  for (const auto& [place, what] : report.told) fmt::print("  {}: {}\n", place, what);
  for (const auto& each : found.remarks) fmt::print("{}\n", each);
  for (const auto& each : found.not_looked_at) fmt::print("{}\n", each);
  if (report.damages > 0 && !found.content)
    fmt::print("{} damaged. See above what to restore from a backup.\n",
               report.damages == 1 ? "1 place is" : fmt::format("{} places are", report.damages));
  else if (report.damages > 0)
    fmt::print("{} damaged. Restore what is named here from a backup.\n",
               report.damages == 1 ? "1 place is" : fmt::format("{} places are", report.damages));
  else if (!found.remarks.empty())
    fmt::print("What is there is intact, but it is not all that there was.\n");
  else
    fmt::print("{} is as it was written.\n",
               found.not_looked_at.empty() ? "Everything" : "What was looked at");
}

std::uint64_t count_in(const json::value& pass, std::string_view member) {
  const auto* value = pass.is_object() ? pass.get_object().if_contains(member) : nullptr;
  return value && value->is_number() ? value->to_number<std::uint64_t>() : 0;
}

/// What a pass of the running server's scrub found.
Inspection found_by(const json::value& pass) {
  Inspection found{.report = {.values = count_in(pass, "values"),
                              .records = count_in(pass, "records"),
                              .segments = count_in(pass, "segments"),
                              .segment_bytes = count_in(pass, "segmentBytes"),
                              .bytes = count_in(pass, "bytes"),
                              .damages = count_in(pass, "damages"),
                              .told = {}},
                   .content = operations::ContentCounts{.containers = count_in(pass, "containers"),
                                                        .blobs = count_in(pass, "blobs"),
                                                        .bytes = count_in(pass, "contentBytes")}};
  for (const auto& each : pass.at("told").as_array())
    found.report.told.push_back({words(each, "place"), words(each, "what")});
  return found;
}

/// Has the running server read everything now; its last pass, or the refusal to tell.
Result<ApiAnswer> look_online(const Asked& asked) {
  json::object body{{"bytesPerSecond", asked.rate << 20}};
  auto begun =
      TRY(call_as_operator(asked.api, TRY(api_request(asked.api, "POST", "/scrub", std::move(body)))));
  if (begun.refused()) return begun;
  const auto wanted = count_in(begun.body, "pass");
  for (;; std::this_thread::sleep_for(kLookAgain)) {
    auto answer = TRY(call_as_operator(asked.api, TRY(api_request(asked.api, "GET", "/scrub"))));
    if (answer.refused()) return answer;
    const auto pass = answer.body.at("current");
    if (count_in(pass, "pass") < wanted) continue;
    show_progress(count_in(pass, "segmentBytes"));
    if (words(pass, "ended").empty()) continue;
    end_progress();
    if (count_in(pass, "pass") != wanted)
      fmt::print(stderr, "vitrine: another pass was asked for meanwhile; what follows is its result.\n");
    answer.body = pass;
    return answer;
  }
}

int tell(const Asked& asked, const Inspection& found) {
  if (asked.api.json)
    fmt::print("{}\n", json::serialize(as_json(found)));
  else
    show(found);
  if (found.report.damages > 0 || !found.remarks.empty()) return kFailure;
  return found.not_looked_at.empty() ? kSuccess : kUsage;
}

int run_online(const Asked& asked) {
  const auto pass = look_online(asked);
  if (!pass || pass->refused())
    return print(asked.api, pass, [](const json::value&) { return std::string(); });
  return tell(asked, found_by(pass->body));
}

int run(const Asked& asked) {
  const auto found = look(asked);
  return found ? tell(asked, *found) : report_unasked(found.error(), asked.api.json);
}

}  // namespace

void add_fsck_command(CLI::App& app, int& status) {
  auto asked = std::make_shared<Asked>();
  auto* command = app.add_subcommand(
      "fsck", "Look for damage in a data directory, of a stopped server or with --online of a running one");
  command->footer(
      "Reads the tables, every frame of the extents, journals, counters and, with the operator's key, the "
      "content\n"
      "of each blob: checksums, gaps, records that are not those of their leaves, bodies that do not open. "
      "The public log's files "
      "are\n"
      "not read: `vitrine verify log` does that. Repairs nothing, but opens the store as each start does, "
      "which\n"
      "puts what its log holds into tables: the directory must be one that can be written to. With --online\n"
      "the running server does it: its scrub begins a new pass now, and commits go on.\n\n"
      "Exit status: 0 nothing found, 1 damage or less than the public log tells of, 2 it could not be "
      "looked\n"
      "at, or not at all of it.\n");
  command->add_flag("--online", asked->online, "ask the running server");
  command->add_option("--rate", asked->rate, "with --online: MiB a second at most; 0: no bound")
      ->check(CLI::Range(0, kMostRate));
  command
      ->add_flag("--checksums-only", asked->checksums_only,
                 "open no bodies: trust the checksums of tables and frames")
      ->excludes("--online");
  command->add_option("--config", asked->config, "TOML file with the server's settings");
  command->add_option("--extent-dirs", asked->extent_dirs,
                      "where large bodies lie, as for serve; without it, where they lay at the last start");
  command->add_option("--key-command", asked->key_command,
                      "the program that holds the operator's key, as for serve");
  add_operator_options(command, asked->api);
  command->callback([asked, &status] { status = asked->online ? run_online(*asked) : run(*asked); });
}

}  // namespace vitrine::app
