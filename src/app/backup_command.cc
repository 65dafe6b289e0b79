// vitrine backup list | verify
#include "app/backup_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "app/client_commands.h"
#include "app/exit.h"
#include "backup/verify.h"
#include "base/counted.h"

namespace vitrine::app {
namespace {

namespace json = boost::json;

struct Asked {
  std::string folder;
  backup::Number number = 0;
  bool json = false;
};

json::object describe(const backup::Folder& folder, backup::Number number) {
  const bool complete = folder.is_complete(number).value_or(true);
  json::object out{{"number", number}, {"complete", complete}};
  if (!complete) return out;
  const auto manifest = folder.manifest(number);
  if (!manifest) {
    out["error"] = manifest.error().message;
    return out;
  }
  std::uint64_t bytes = 0, missing = 0;
  for (const auto& file : manifest->files) {
    bytes += file.length;
    if (const auto status = folder.files().status(folder.file(file.path)); status && !*status) ++missing;
  }
  out["made"] = manifest->made;
  out["version"] = manifest->version;
  out["log"] = manifest->origin;
  out["logSize"] = manifest->log_size;
  out["bytes"] = bytes;
  out["damaged"] = manifest->damaged.size();
  out["missing"] = missing;
  return out;
}

std::string line_of(const json::object& each) {
  const auto number = words(each, "number");
  if (!each.at("complete").as_bool()) return fmt::format("{:>6}  unfinished: no backup\n", number);
  if (each.contains("error")) return fmt::format("{:>6}  damaged: {}\n", number, words(each, "error"));
  const auto missing = words(each, "missing");
  return fmt::format(
      "{:>6}  {}  {} bytes, commit {}, {} entries in the public log{}{}\n", number, words(each, "made"),
      words(each, "bytes"), words(each, "version"), words(each, "logSize"),
      words(each, "damaged") == "0" ? "" : "; parts were damaged in the store already",
      missing == "0" ? "" : fmt::format("; cannot be restored: {} of its files are missing", missing));
}

Result<void> list(const Asked& asked) {
  const auto folder = TRY(backup::Folder::open(asked.folder));
  json::array all;
  for (const auto number : TRY(folder.numbers())) all.push_back(describe(folder, number));
  if (asked.json) {
    fmt::print("{}\n", json::serialize(json::object{{"backups", std::move(all)}}));
    return {};
  }
  for (const auto& each : all) fmt::print("{}", line_of(each.as_object()));
  if (all.empty()) fmt::print("No backup has been made there.\n");
  return {};
}

void show(const Asked& asked, const backup::Verified& verified) {
  if (asked.json) {
    json::array faults;
    for (const auto& [path, what] : verified.faults) faults.push_back({{"path", path}, {"what", what}});
    json::array damaged;
    for (const auto& place : verified.damaged) damaged.emplace_back(place.text());
    fmt::print("{}\n", json::serialize(json::object{
                           {"backups", json::array(verified.backups.begin(), verified.backups.end())},
                           {"files", verified.files},
                           {"bytes", verified.bytes},
                           {"faults", std::move(faults)},
                           {"spoiled", json::array(verified.spoiled.begin(), verified.spoiled.end())},
                           {"damaged", std::move(damaged)}}));
    return;
  }
  for (const auto& [path, what] : verified.faults) fmt::print("  {}: {}\n", path, what);
  for (const auto& place : verified.damaged)
    fmt::print("  {}: was damaged in the store already when it was copied\n", place.text());
  fmt::print("{}, {} of {}: {}\n", counted(verified.backups.size(), "backup"),
             counted(verified.files, "file"), counted(verified.bytes, "byte"),
             !verified.faults.empty()    ? "not everything is as it was written."
             : !verified.damaged.empty() ? "as it was copied, but not whole."
                                         : "everything is as it was written.");
  if (!verified.spoiled.empty())
    fmt::print("They spoil these backups: {}. Restore another one.\n", fmt::join(verified.spoiled, ", "));
}

int verify(const Asked& asked) {
  const auto look = [&]() -> Result<backup::Verified> {
    const auto folder = TRY(backup::Folder::open(asked.folder));
    return backup::verify(folder, asked.number == 0 ? std::nullopt : std::optional(asked.number), {});
  };
  const auto verified = look();
  if (!verified) return report(std::unexpected(verified.error()));
  show(asked, *verified);
  return verified->faults.empty() && verified->damaged.empty() ? kSuccess : kFailure;
}

}  // namespace

void add_backup_list_and_verify(CLI::App& backup, int& status) {
  auto asked = std::make_shared<Asked>();
  auto* listing = backup.add_subcommand("list", "List the backups in a folder");
  auto* verifying = backup.add_subcommand("verify", "Read backups and tell what is not as it was written");
  for (auto* command : {listing, verifying}) {
    command->add_option("FOLDER", asked->folder, "the folder with the backups")->required();
    command->add_flag("--json", asked->json, "print one line of JSON");
  }
  verifying->add_option("--backup", asked->number, "this one only, by its number");
  listing->callback([asked, &status] { status = report(list(*asked)); });
  verifying->callback([asked, &status] { status = verify(*asked); });
}

void add_backup_command(CLI::App& app, int& status) {
  auto* backup = app.add_subcommand("backup", "Back the server up while it runs, and restore it");
  backup->require_subcommand(1);
  backup->footer(
      "A backup copies what is new since the last one in its folder, and stands for the whole.\n"
      "\nExit status: 0 done and whole, 1 not done, something is damaged, or no server will start on what "
      "was\n"
      "restored; 2 the command is wrong or the server could not be asked.\n"
      "\nExamples:\n"
      "  vitrine backup create --to /mnt/backup --data-dir /srv/vitrine\n"
      "  vitrine backup verify /mnt/backup\n"
      "  vitrine backup restore --from /mnt/backup --data /srv/new --published mirror/checkpoint\n");
  add_backup_create(*backup, status);
  add_backup_list_and_verify(*backup, status);
  add_backup_restore(*backup, status);
}

}  // namespace vitrine::app
