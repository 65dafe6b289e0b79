// vitrine backup restore
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/backup_command.h"
#include "app/backup_parts.h"
#include "app/exit.h"
#include "app/option_file.h"
#include "base/file.h"
#include "base/log.h"
#include "tlog/checkpoint.h"

namespace vitrine::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPublished = "--published";
constexpr std::string_view kUnfinished =
    "A backup is being restored here, or was in part. Use nothing of it.\n";

struct Asked {
  std::string from;
  std::string data;
  backup::Number number = 0;
  std::string published;
  bool accept_damage = false;
};

/// The newest published state, if it was given; its signature is checked when the server starts.
Result<std::optional<std::string>> read_published(const Asked& asked) {
  if (asked.published.empty()) return std::nullopt;
  return TRY(read_option_file(kPublished, asked.published));
}

Result<tlog::Checkpoint> parse_published(const std::string& document) {
  auto note = tlog::Note::parse(document);
  auto checkpoint = note ? tlog::Checkpoint::parse(note->text) : std::unexpected(note.error());
  if (!checkpoint) return std::unexpected(at_option(kPublished, checkpoint.error()));
  return checkpoint;
}

Result<void> claim(const DataDir& data) {
  std::error_code error;
  if (fs::exists(data.root, error) && !fs::is_empty(data.root, error))
    return fail(Code::InvalidInput,
                fmt::format("{} is not empty: restore into a new directory.", data.root.string()));
  if (error)
    return fail(Code::DeviceFailed,
                fmt::format("Reading {} failed: {}.", data.root.string(), error.message()));
  return replace_file(data.restore_unfinished(), as_bytes(kUnfinished));
}

/// From here on it is a data directory, which knows that it was restored.
Result<void> release(const DataDir& data, const backup::Manifest& manifest,
                     const std::optional<std::string>& published) {
  if (published) TRY(replace_file(data.log() / "checkpoint", as_bytes(*published)));
  const auto mark = fmt::format("Made from backup {} of {}, when the public log {} had {} entries.\n",
                                manifest.number, manifest.made, manifest.origin, manifest.log_size);
  TRY(replace_file(data.restored(), as_bytes(mark)));
  std::error_code error;
  fs::remove(data.restore_unfinished(), error);
  if (error)
    return fail(Code::DeviceFailed,
                fmt::format("Removing {} failed: {}.", data.restore_unfinished().string(), error.message()));
  // Makes the removal durable, too.
  return replace_file(data.restored(), as_bytes(mark));
}

void show(const DataDir& data, const backup::Restored& restored) {
  const auto& [manifest, has_keys, report] = restored;
  fmt::print(
      "Backup {} of {} is restored in {}: commit {}, {} records, {} segments of {} bytes; all read again{}\n",
      manifest.number, manifest.made, data.root.string(), manifest.version, report.records, report.segments,
      report.segment_bytes,
      report.damages == 0 ? " and whole."
                          : fmt::format(", {} places damaged as they were before.", report.damages));
  if (!has_keys)
    fmt::print("The keys were not in it: put operator.key and log.key into {}.\n",
               data.operator_key().parent_path().string());
}

/// Whether the log was published any further than the backup knows.
Result<void> compare(const backup::Manifest& manifest, const std::optional<tlog::Checkpoint>& published,
                     const DataDir& data) {
  if (!published) {
    fmt::print(
        "Before a server starts on it, put the newest checkpoint that was published, from the lost "
        "server's log/ or\na mirror, to {}.\n",
        (data.log() / "checkpoint").string());
    return {};
  }
  if (published->origin != manifest.origin && manifest.log_size > 0)
    return fail(
        Code::VerificationFailed,
        fmt::format("The published checkpoint is of the log {}, the backup of {}: no server will start "
                    "on this directory.",
                    published->origin, manifest.origin));
  if (published->size <= manifest.log_size) return {};
  return fail(
      Code::VerificationFailed,
      fmt::format("The public log went on after the backup: {} entries were published, the backup has "
                  "{}. No server will start on this directory, because it would publish a second "
                  "history of those entries: first bring it up to its log by `vitrine recover --data-dir {} "
                  "--log LOG`, where LOG are all files that were published.",
                  published->size, manifest.log_size, data.root.string()));
}

Result<void> restore(const Asked& asked) {
  log::configure(log::Level::Warn, log::Form::Text);
  const auto document = TRY(read_published(asked));
  const auto published = document ? std::optional(TRY(parse_published(*document))) : std::nullopt;
  const auto folder = TRY(backup::Folder::open(asked.from));
  const auto number = asked.number > 0 ? std::optional(asked.number) : TRY(folder.newest());
  if (!number) return fail(Code::InvalidInput, fmt::format("There is no finished backup in {}.", asked.from));
  const DataDir data{asked.data};
  TRY(folder.manifest(*number));
  TRY(claim(data));
  const backup::RestoreOptions options{
      .to = restore_to(data),
      .accept_damage = asked.accept_damage,
      .published = published.transform([](const auto& checkpoint) { return checkpoint.size; })};
  const auto restored = TRY(backup::restore(folder, *number, options, {}));
  TRY(release(data, restored.manifest, document));
  show(data, restored);
  return compare(restored.manifest, published, data);
}

}  // namespace

void add_backup_restore(CLI::App& backup, int& status) {
  auto asked = std::make_shared<Asked>();
  auto* command =
      backup.add_subcommand("restore", "Make a data directory from a backup, and look at all of it");
  command->add_option("--from", asked->from, "the folder with the backups")->required();
  command->add_option("--data", asked->data, "an empty or new directory")->required();
  command->add_option("--backup", asked->number, "which one, by its number; without it, the newest");
  command->add_option(
      kPublished, asked->published,
      "the newest checkpoint of the public log that was published: without it no server starts");
  command->add_flag("--accept-damage", asked->accept_damage,
                    "restore although parts were damaged when the backup was made");
  command->callback([asked, &status] { status = report(restore(*asked)); });
}

}  // namespace vitrine::app
