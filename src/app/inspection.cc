#include "app/inspection.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "app/data_dir.h"
#include "app/extent_directories.h"
#include "app/foundations.h"
#include "base/file.h"
#include "ledger/public_log.h"
#include "ledger/sealed_check.h"
#include "store/check_directory.h"
#include "tlog/checkpoint.h"

namespace vitrine::app {
namespace {

Result<tlog::Checkpoint> parse_checkpoint(std::string_view document) {
  return tlog::Checkpoint::parse(TRY(tlog::Note::parse(document)).text);
}

/// The log's files tell of entries that a store does not have when an older state of it was restored, or when
/// its newest commits were lost together with the files that held them.
Result<void> compare_with_log(const store::Store& store, const DataDir& data, Inspection& found) {
  const auto row = TRY(store.look_up(ledger::checkpoint_key()));
  const auto size = row.exists() ? TRY(parse_checkpoint(row.value)).size : 0;
  auto published = TRY(ledger::entries_in_files(data.log()));
  auto document = read_file(data.log() / "checkpoint");
  if (document || document.error().code != Code::ResourceNotFound) {
    const auto checkpoint = parse_checkpoint(TRY(std::move(document)));
    if (!checkpoint)
      found.report.add("log/checkpoint", checkpoint.error().message);
    else
      published = checkpoint->size;
  } else if (size > 0 && !std::filesystem::exists(data.restored())) {
    found.report.add(
        "log/checkpoint",
        "it is missing, so that nobody can tell whether the store is older than what was published");
  }
  if (published > size)
    found.remarks.push_back(
        fmt::format("The public log was published with {} entries, the store has {} of them: an older state "
                    "was restored, or its newest commits were lost. No server starts on it.",
                    published, size));
  return {};
}

void say_why_not(std::string_view what, const Result<void>& looked, Inspection& found) {
  if (!looked)
    found.not_looked_at.push_back(fmt::format("{} not looked at: {}", what, looked.error().message));
}

/// The accounts and their keys.
struct Accounts {
  explicit Accounts(std::unique_ptr<keys::KeyBroker> broker) : broker(std::move(broker)) {}

  std::unique_ptr<keys::KeyBroker> broker;
  keys::KeyDirectory keys{*broker};
  identity::AccountDirectory accounts;
};

Result<std::unique_ptr<Accounts>> open_accounts(const Settings& settings, const store::Store& store,
                                                const DataDir& data) {
  auto opened = std::make_unique<Accounts>(TRY(open_broker(settings, data)));
  TRY(opened->accounts.load(store, opened->keys));
  return opened;
}

/// Nothing is committed, so that Gate and Ledger have nothing to do.
void look_at_content(store::Store& store, const DataDir& data, Accounts& of, operations::BodyCheck bodies,
                     Inspection& found) {
  policy::Gate gate(policy::PurposeRegister::shipped(), system_clock());
  ledger::Ledger ledger(store, {}, journal_files(data));
  blobs::HeadCache heads(store, of.keys);
  operations::Turns turns;
  const operations::Floors floors{store, gate, ledger, system_clock(), of.keys, heads, turns};
  found.content = operations::check_content(floors, of.accounts, found.report, bodies);
}

/// Errors: as those of occupy().
Result<DirectoryLock> occupy_stopped(const DataDir& data) {
  auto lock = occupy(data);
  if (!lock && lock.error().code == Code::Unavailable)
    lock.error().message += " Ask it with --online, or stop it first.";
  return lock;
}

/// With the accounts' keys where they are to be had, and without them what can be told all the same.
void look_at_all(const Settings& settings, store::Store& store, const DataDir& data,
                 operations::BodyCheck bodies, const store::CheckProgress& progress, Inspection& found) {
  const auto accounts = open_accounts(settings, store, data);
  std::optional<operations::AccountsKeys> keys;
  if (accounts && bodies == operations::BodyCheck::Content)
    keys.emplace((*accounts)->accounts, (*accounts)->keys);
  found.report = store.check(progress, keys ? &*keys : nullptr);
  say_why_not("Sealed journals were", ledger::check_sealed_journals(store, journal_files(data), found.report),
              found);
  say_why_not("The public log's checkpoint was", compare_with_log(store, data, found), found);
  if (accounts)
    look_at_content(store, data, **accounts, bodies, found);
  else
    say_why_not("The content of blobs was", std::unexpected(accounts.error()), found);
}

}  // namespace

Result<Inspection> inspect(const Settings& settings, operations::BodyCheck bodies,
                           const store::CheckProgress& progress) {
  const DataDir data{settings.data_dir};
  if (!std::filesystem::exists(data.store()) && !std::filesystem::exists(data.log() / "checkpoint"))
    return fail(Code::ResourceNotFound,
                fmt::format("{} is no data directory of a server: there is no store in it.",
                            settings.data_dir.string()));
  const auto lock = TRY(occupy_stopped(data));
  Inspection found;
  // Opening the store would make new, empty tables.
  if (!TRY(has_metadata(data))) {
    found.report.add("store/metadata", "it is missing or empty: see that its disk is mounted");
    found.not_looked_at.emplace_back("Nothing else was looked at: without it nobody knows what was stored.");
    return found;
  }
  const auto directories = TRY(find_extent_directories(data, settings.extent_dirs));
  const auto store = store::Store::open(
      {.directory = data.store(), .extent_directories = directories, .compaction_pause = std::nullopt});
  if (!store && store.error().code != Code::Corrupt) return std::unexpected(store.error());
  if (!store) {
    found.report =
        store::check_directory(store::posix_file_layer(), data.store(), directories, store.error(), progress);
    found.not_looked_at.emplace_back("Blobs and records were not looked at, because no server starts on it.");
    return found;
  }
  look_at_all(settings, **store, data, bodies, progress, found);
  return found;
}

}  // namespace vitrine::app
