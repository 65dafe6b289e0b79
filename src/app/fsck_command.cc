// vitrine fsck
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>

#include "app/client_commands.h"
#include "app/exit.h"
#include "app/foundations.h"
#include "operations/check_content.h"

namespace vitrine::app {
namespace {

namespace json = boost::json;

struct Asked {
  std::string data_dir = "vitrine-data";
  bool json = false;
};

struct Found {
  store::CheckReport report;
  operations::ContentCounts content;
};

void show_progress(std::uint64_t bytes) {
  if (::isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r{} MiB of content read", bytes >> 20);
}

Result<Found> look(const Asked& asked) {
  DataDir data{asked.data_dir};
  if (!std::filesystem::exists(data.store()))
    return fail(Code::ResourceNotFound,
                fmt::format("{} is no data directory of a server: there is no store in it.", asked.data_dir));
  log::configure(log::Level::Warn, log::Form::Text);
  Settings settings;
  settings.data_dir = asked.data_dir;
  settings.dev = std::filesystem::exists(data.development());
  auto opened = TRY(Foundations::open(settings));
  Found found{.report = opened->store().check(show_progress), .content = {}};
  if (::isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\x1b[K");
  found.content = operations::check_content(opened->floors(), opened->accounts(), found.report);
  return found;
}

json::object as_json(const Found& found) {
  json::array damages;
  for (const auto& [place, what] : found.report.told) damages.push_back({{"place", place}, {"what", what}});
  return {{"values", found.report.values},
          {"records", found.report.records},
          {"segments", found.report.segments},
          {"segmentBytes", found.report.segment_bytes},
          {"containers", found.content.containers},
          {"blobs", found.content.blobs},
          {"contentBytes", found.content.bytes},
          {"damages", found.report.damages},
          {"told", std::move(damages)}};
}

void show(const Found& found) {
  const auto& report = found.report;
  fmt::print("{} containers, {} blobs of {} bytes; {} values, {} records; {} segments of {} bytes on disk\n",
             found.content.containers, found.content.blobs, found.content.bytes, report.values,
             report.records, report.segments, report.segment_bytes);
  for (const auto& [place, what] : report.told) fmt::print("  {}: {}\n", place, what);
  if (report.damages == 0)
    fmt::print("Everything is as it was written.\n");
  else
    fmt::print("{} damaged. Restore what is named here from a backup.\n",
               report.damages == 1 ? "1 place is" : fmt::format("{} places are", report.damages));
}

int run(const Asked& asked) {
  auto found = look(asked);
  if (!found) {
    (void)report(std::unexpected(found.error()));
    return found.error().code == Code::Corrupt ? kFailure : kUsage;
  }
  if (asked.json)
    fmt::print("{}\n", json::serialize(as_json(*found)));
  else
    show(*found);
  return found->report.damages == 0 ? kSuccess : kFailure;
}

}  // namespace

void add_fsck_command(CLI::App& app, int& status) {
  auto asked = std::make_shared<Asked>();
  auto* command = app.add_subcommand("fsck", "Look for damage in a data directory whose server is stopped");
  command->footer(
      "Reads everything: checksums of all rows and frames, gaps in journals, records that are not those of "
      "their\n"
      "leaves, blobs whose content is missing. Changes nothing but what every start does.\n\n"
      "Exit status: 0 nothing found, 1 damage, 2 it could not be looked at.\n");
  command->add_option("--data-dir", asked->data_dir, "the data directory")
      ->envname("VITRINE_DATA_DIR")
      ->capture_default_str();
  command->add_flag("--json", asked->json, "print what was found as one line of JSON");
  command->callback([asked, &status] { status = run(*asked); });
}

}  // namespace vitrine::app
