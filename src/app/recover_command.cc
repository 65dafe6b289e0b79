#include "app/recover_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include "app/approvers.h"
#include "app/data_dir.h"
#include "app/evidence_source.h"
#include "app/exit.h"
#include "app/extent_directories.h"
#include "app/fetch.h"
#include "app/foundations.h"
#include "base/counted.h"
#include "base/file.h"
#include "base/log.h"
#include "evidence/journal_export.h"
#include "ledger/recovery.h"

namespace vitrine::app {
namespace {

struct Asked {
  Settings settings;
  std::string log;
  std::string ca;
  std::vector<std::string> journals;
  bool end = false;
  std::string reason;
  std::vector<std::string> approvers;
};

template <class T>
T run(Task<T> task) {
  std::optional<T> out;
  boost::asio::io_context io{1};
  const auto body = [&]() -> Task<void> { out.emplace(co_await std::move(task)); };
  boost::asio::co_spawn(io, body(), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
  io.run();
  return std::move(*out);
}

/// Both people and the reason, or nothing when no journal is to be ended. Errors: InvalidInput.
Result<std::optional<ledger::Ending>> read_ending(const Asked& asked) {
  if (!asked.end) return std::nullopt;
  if (asked.reason.empty() || asked.reason.size() > evidence::kMostReason)
    return fail(Code::InvalidInput,
                fmt::format("--end needs --reason, 1 to {} bytes: it stands in the public log for ever.",
                            evidence::kMostReason));
  return ledger::Ending{.reason = asked.reason, .approvers = TRY(read_approvers(asked.approvers))};
}

/// Everything that a stopped server's store is opened with.
struct Stopped {
  Stopped(DirectoryLock lock, ledger::LogKey key, std::unique_ptr<keys::KeyBroker> broker,
          std::unique_ptr<store::Store> store, ledger::JournalFiles files)
      : lock(std::move(lock)),
        key(std::move(key)),
        broker(std::move(broker)),
        keys(*this->broker),
        store(std::move(store)),
        ledger(*this->store, this->key.receipt_secret(), std::move(files)) {}

  DirectoryLock lock;
  ledger::LogKey key;
  std::unique_ptr<keys::KeyBroker> broker;
  keys::KeyDirectory keys;
  identity::AccountDirectory accounts;
  std::unique_ptr<store::Store> store;
  ledger::Ledger ledger;
};

Result<std::unique_ptr<Stopped>> open_stopped(const Asked& asked, const DataDir& data) {
  std::error_code error;
  if (!std::filesystem::exists(data.store(), error) || !TRY(has_metadata(data)))
    return fail(
        Code::InvalidInput,
        fmt::format("{} is no data directory of a server: there is no store in it.", data.root.string()));
  if (!std::filesystem::exists(data.log_key(), error))
    return fail(Code::InvalidInput,
                fmt::format("{} is missing: put the key of this store's log back.", data.log_key().string()));
  auto lock = TRY(occupy(data));
  auto key = TRY(ledger::load_or_create_log_key(data.log_key(), {}));
  auto broker = TRY(open_broker(asked.settings, data));
  auto store = TRY(store::Store::open(
      {.directory = data.store(),
       .extent_directories = TRY(find_extent_directories(data, asked.settings.extent_dirs)),
       .compaction_pause = std::nullopt}));
  auto stopped = std::make_unique<Stopped>(std::move(lock), std::move(key), std::move(broker),
                                           std::move(store), journal_files(data));
  TRY(stopped->accounts.load(*stopped->store, stopped->keys));
  return stopped;
}

std::unexpected<Error> refuted(const std::string& what, const evidence::Verification& verification) {
  const auto& failure = *verification.failure();
  return fail(Code::VerificationFailed, fmt::format("{} does not verify at '{}': {} {}", what, failure.name,
                                                    failure.sentence, failure.place));
}

/// A restored directory has no files of the log but those that the backup had.
std::unexpected<Error> name_the_published(const DataDir& data) {
  return fail(Code::InvalidInput,
              fmt::format("{} was made from a backup, and {} has no more of the public log than the backup: "
                          "name by --log what was published since, a mirror of the log or the lost server's "
                          "log/.",
                          data.root.string(), data.log().string()));
}

/// The published log, once it is known to be this store's and to begin with what the store has.
Result<evidence::ReadLogFile> open_published(const Asked& asked, const DataDir& data,
                                             const Stopped& stopped) {
  const auto where = asked.log.empty() ? data.log().string() : asked.log;
  const bool may_lack_files = asked.log.empty() && std::filesystem::exists(data.restored());
  auto opened = open_log_files(where, asked.ca);
  if (!opened && may_lack_files) return name_the_published(data);
  auto read = TRY(std::move(opened));
  const auto row = TRY(stopped.store->look_up(ledger::checkpoint_key()));
  const auto checkpoint = TRY(read("checkpoint"));
  const auto published = TRY(tlog::open_checkpoint(as_text(checkpoint), stopped.key.name));
  const auto stored =
      TRY(ledger::stored_checkpoint([&](const auto& key) { return stopped.store->look_up(key); }));
  // One that is shorter leaves nothing to be done, as is said later.
  const bool is_prefix = stored && stored->size <= published.size;
  const auto since = is_prefix ? std::optional(row.value) : std::nullopt;
  // What is verified is what is put into place later, also when the log grows meanwhile.
  auto pinned = [read, checkpoint](const std::string& path) -> Result<Bytes> {
    if (path == "checkpoint") return checkpoint;
    return read(path);
  };
  bool lacks_files = false;
  const auto watched = [&](const std::string& path) {
    auto file = pinned(path);
    lacks_files = lacks_files || (!file && file.error().code == Code::ResourceNotFound);
    return file;
  };
  const auto verification = evidence::verify_log(watched, stopped.key.name, since);
  if (!verification.verified() && lacks_files && may_lack_files) return name_the_published(data);
  if (!verification.verified()) return refuted("The log in " + where, verification);
  return pinned;
}

Result<void> refill(const Asked& asked, const Stopped& stopped, ledger::Recovery& recovery) {
  for (const auto& folder : asked.journals) {
    const auto read = TRY(open_journal_files(folder));
    const auto verification = evidence::verify_journal(read, stopped.key.name);
    if (!verification.verified()) return refuted("The journal in " + folder, verification);
    const auto head = TRY(evidence::read_journal_head(as_text(TRY(read(evidence::kJournalHeadFile)))));
    auto added = run(recovery.refill(head, read));
    if (!added) return fail(added.error().code, fmt::format("{}: {}", folder, added.error().message));
    if (added->account_is_lost)
      fmt::print(
          "{}: the store has no account in slot {}; what the journal's end was helps to show others "
          "whole.\n",
          folder, head.slot);
    else
      fmt::print("{}: {} added to the journal in slot {}.\n", folder,
                 counted(added->records, "record was", "records were"), head.slot);
  }
  return {};
}

std::string in_words(const ledger::DoubtfulJournal& journal) {
  return fmt::format("slot {}, {}, {} there", journal.slot,
                     journal.account ? "account " + journal.account->name.text()
                                     : std::string("an account that was made later"),
                     counted(journal.size, "record is", "records are"));
}

Result<void> tell_doubts(const std::vector<ledger::DoubtfulJournal>& doubtful) {
  for (const auto& journal : doubtful) fmt::print(stderr, "{}\n", in_words(journal));
  return fail(
      Code::VerificationFailed,
      "Of these journals nobody can tell whether records are missing. Give exports of them with "
      "--journal, the newest that anybody has; or end them, and say so in the public log, with --end, "
      "--reason and --approve. Nothing was ended.");
}

/// The log's files as the store has it, the published checkpoint last; only then a server may start.
Result<void> put_files(const Stopped& stopped, const DataDir& data, const evidence::ReadLogFile& read,
                       ledger::Recovery& recovery) {
  const auto document = TRY(read("checkpoint"));
  const auto published = TRY(tlog::open_checkpoint(as_text(document), stopped.key.name));
  TRY(ledger::write_log_files(*stopped.store, data.log(), published.size));
  TRY(replace_file(data.log() / "checkpoint", document));
  return run(recovery.complete());
}

Result<void> recover(const Asked& asked) {
  log::configure(log::Level::Warn, log::Form::Text);
  const auto ending = TRY(read_ending(asked));
  const DataDir data{asked.settings.data_dir};
  const auto stopped = TRY(open_stopped(asked, data));
  const auto read = TRY(open_published(asked, data, *stopped));
  std::vector<identity::Account> accounts;
  for (const auto& ring : stopped->accounts.all()) accounts.push_back(ring->account());
  const auto recovery =
      TRY(ledger::Recovery::open(stopped->ledger, *stopped->store, stopped->key, read, std::move(accounts)));
  if (recovery->is_finished()) {
    TRY(put_files(*stopped, data, read, *recovery));
    fmt::print("The recovery was done but for the public log's files, which are there now.\n");
    return {};
  }
  TRY(refill(asked, *stopped, *recovery));
  const auto doubtful = TRY(recovery->doubtful());
  if (!doubtful.empty() && !ending) return tell_doubts(doubtful);
  TRY(run(recovery->finish(doubtful, ending ? &*ending : nullptr, system_clock())));
  TRY(put_files(*stopped, data, read, *recovery));
  for (const auto& journal : doubtful) fmt::print("Ended: {}.\n", in_words(journal));
  fmt::print(
      "The store goes on from the published log, of which it has the missing {} now{}. What blobs were\n"
      "written or deleted behind the state that was restored stays lost; the journals tell which.\n",
      counted(recovery->missing_entries(), "entry", "entries"),
      doubtful.empty() ? std::string(", with all records of its journals")
                       : fmt::format("; {} will be published at the next start",
                                     counted(doubtful.size(), "loss", "losses")));
  return {};
}

}  // namespace

void add_recover_command(CLI::App& app, int& status) {
  auto asked = std::make_shared<Asked>();
  auto* command =
      app.add_subcommand("recover", "Bring a restored store up to its public log, which went on without it");
  command->footer(
      "For the data directory of a stopped server that does not start because its public log was published\n"
      "with more entries than the store has. Needs the log's published files. Exports of journals, which\n"
      "their owners made with `vitrine export journal`, give back the records that the store lacks. "
      "Journals\n"
      "of which nobody can show that they are whole can be ended: another begins in the same slot, and a\n"
      "loss entry with the reason, signed by two people, stands in the public log for ever.\n\n"
      "Exit status: 0 done, 1 not (what is said tells why; it can be done again), 2 the command is wrong.\n\n"
      "Examples:\n"
      "  vitrine recover --data-dir /srv/restored --log https://mirror.example.org/log\n"
      "  vitrine recover --data-dir /srv/restored --journal exports/cityarchive --end \\\n"
      "      --reason 'Both disks failed on 3 May.' --approve alice.pem --approve bob.pem\n");
  command->add_option("--data-dir", asked->settings.data_dir, "the data directory")->capture_default_str();
  command->add_option("--log", asked->log,
                      "the published log: a folder or a URL; without it, log/ in the data directory");
  command->add_option("--journal", asked->journals, "a folder with an exported journal; may be given often");
  command->add_flag("--end", asked->end, "end the journals that cannot be shown to be whole");
  command->add_option("--reason", asked->reason, "with --end: what happened, for the public log");
  command->add_option("--approve", asked->approvers,
                      "with --end, twice: the file of a person's Ed25519 key, PEM, as `openssl genpkey "
                      "-algorithm ed25519` makes it");
  command->add_option("--extent-dirs", asked->settings.extent_dirs,
                      "where large bodies lie, as for serve; without it, where they lay at the last start");
  command->add_option("--key-command", asked->settings.key_command,
                      "the program that holds the operator's key, as for serve");
  add_ca_option(command, asked->ca);
  command->callback([asked, &status] { status = report(recover(*asked)); });
}

}  // namespace vitrine::app
