#include "app/verify_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <optional>

#include "app/evidence_source.h"
#include "app/exit.h"
#include "app/fetch.h"
#include "app/kept_documents.h"
#include "app/option_file.h"
#include "base/file.h"
#include "evidence/journal_verifier.h"
#include "evidence/log_verifier.h"
#include "evidence/promise_verifier.h"
#include "evidence/receipt_verifier.h"
#include "evidence/verify_report.h"

namespace vitrine::app {
namespace {

constexpr const char* kWhichKey =
    "--log-key is missing: it is the public key that the log's operator signs with, a file or the text "
    "NAME+HASH+BASE64. `GET /log/key` of the server's platform port shows it, but take it from somewhere "
    "that you "
    "trust, such as the operator's publications or a witness: whoever forges a log can also forge that "
    "answer.";

struct Asked {
  std::string subject;  ///< a receipt's file, or a log's folder or URL
  std::string log_key;
  std::string since;
  std::vector<std::string> receipts;
  std::vector<std::string> promises;
  std::string public_log;  ///< to hold a journal against: a folder or URL
  std::string ca;          ///< PEM file; empty: the system's authorities
  bool json = false;
};

std::string_view without_line_end(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \r\n") + 1);
}

Result<tlog::NoteKey> read_log_key(const std::string& given) {
  if (given.empty()) return fail(Code::InvalidInput, kWhichKey);
  if (auto key = tlog::NoteKey::parse(given)) return key;
  auto text = read_file(given);
  if (!text && text.error().code == Code::ResourceNotFound)
    return fail(
        Code::InvalidInput,
        fmt::format("--log-key: '{}' is neither a file nor a log key of the form NAME+HASH+BASE64.", given));
  if (!text) return std::unexpected(at_option("--log-key", text.error()));
  auto key = tlog::NoteKey::parse(without_line_end(*text));
  if (key) return key;
  return fail(Code::InvalidInput,
              fmt::format("--log-key: {} holds no log key of the form NAME+HASH+BASE64: {}", given,
                          key.error().message));
}

Result<evidence::Verification> check_receipt(const Asked& asked) {
  auto key = TRY(read_log_key(asked.log_key));
  return evidence::verify_receipt(TRY(read_subject(asked.subject)), key);
}

Result<evidence::Verification> check_promise(const Asked& asked) {
  auto key = TRY(read_log_key(asked.log_key));
  const auto promise = without_header_name(TRY(read_subject(asked.subject)));
  if (asked.receipts.empty()) return evidence::verify_promise(promise, key);
  const auto receipt = TRY(read_kept("--receipt", asked.receipts.front()));
  return evidence::verify_promise(promise, key, receipt);
}

/// Keeps in `unasked` what kept a file from being asked for. One that is missing or wrong speaks against the
/// evidence; one that could not be asked for says nothing.
template <class Read>
Read noting(Read read, std::optional<Error>& unasked) {
  return [read = std::move(read), &unasked](const std::string& path) {
    auto bytes = read(path);
    if (!bytes && bytes.error().code != Code::ResourceNotFound && bytes.error().code != Code::Corrupt)
      unasked = bytes.error();
    return bytes;
  };
}

Result<evidence::Verification> check_log(const Asked& asked) {
  auto key = TRY(read_log_key(asked.log_key));
  std::optional<std::string> since;
  if (!asked.since.empty()) since = TRY(read_earlier_checkpoint(asked.since));
  std::optional<Error> unasked;
  const auto read = noting(TRY(open_log_files(asked.subject, asked.ca)), unasked);
  auto verification = evidence::verify_log(read, key, since);
  if (unasked) return std::unexpected(std::move(*unasked));
  return verification;
}

Result<evidence::Verification> check_journal(const Asked& asked) {
  auto key = TRY(read_log_key(asked.log_key));
  std::optional<Error> unread;
  const auto read = noting(TRY(open_journal_files(asked.subject)), unread);
  evidence::KeptEvidence kept;
  if (!asked.since.empty()) kept.since = TRY(read_earlier_head(asked.since));
  kept.receipts = TRY(read_all_kept("--receipt", asked.receipts));
  kept.promises = TRY(read_all_kept("--promise", asked.promises));
  for (auto& promise : kept.promises) promise.text = without_header_name(std::move(promise.text));
  if (!asked.public_log.empty())
    kept.public_log = noting(TRY(open_log_files(asked.public_log, asked.ca)), unread);
  auto verification = evidence::verify_journal(read, key, kept);
  if (unread) return std::unexpected(std::move(*unread));
  return verification;
}

/// A question that cannot be asked is no verdict, whatever kept it from being asked.
int answer(const Asked& asked, Result<evidence::Verification> (*check)(const Asked&)) {
  auto verification = check(asked);
  if (!verification) {
    auto error = std::move(verification).error();
    error.message += " Nothing was verified.";
    return report_unasked(error, asked.json);
  }
  fmt::print("{}",
             asked.json ? evidence::report_as_json(*verification) : evidence::report_as_text(*verification));
  return evidence::exit_code(*verification);
}

std::shared_ptr<Asked> add_common(CLI::App* command, const char* subject, const char* help) {
  auto asked = std::make_shared<Asked>();
  command->add_option(subject, asked->subject, help)->required();
  command->add_option("--log-key", asked->log_key, "the log's public key: a file, or NAME+HASH+BASE64");
  command->add_flag("--json", asked->json, "print the result as one line of JSON");
  return asked;
}

}  // namespace

void add_verify_command(CLI::App& app, int& status) {
  auto* verify = app.add_subcommand("verify", "Check evidence with nothing but the log's public key");
  verify->require_subcommand(1);
  verify->footer(
      "Exit status: 0 verified, 1 not verified, 2 the question could not be asked.\n\n"
      "Examples:\n"
      "  vitrine verify receipt receipt.json --log-key log.example.org+1a2b3c4d+AZ…\n"
      "  vitrine verify promise promise.txt --log-key key.txt --receipt receipt.json\n"
      "  vitrine verify log http://127.0.0.1:10080/log --log-key key.txt --since yesterday.checkpoint\n"
      "  vitrine verify journal journals/cityarchive --log-key key.txt --receipt receipt.json\n"
      "  vitrine verify journal journals/cityarchive --log-key key.txt --log http://127.0.0.1:10080/log\n");
  auto* receipt = verify->add_subcommand("receipt", "Check one receipt offline");
  auto asked_receipt = add_common(receipt, "FILE", "the receipt, as GET /api/v1/receipts/TOKEN answered it");
  receipt->callback([asked_receipt, &status] { status = answer(*asked_receipt, check_receipt); });

  auto* promise = verify->add_subcommand("promise", "Check a promise offline, and whether it was kept");
  auto asked_promise = add_common(
      promise, "FILE", "the header x-ms-vitrine-promise of an answer, or a receipt that is promised only");
  promise
      ->add_option("--receipt", asked_promise->receipts,
                   "the sealed receipt of the same record: shows the promise kept or broken")
      ->expected(1);
  promise->callback([asked_promise, &status] { status = answer(*asked_promise, check_promise); });

  auto* log = verify->add_subcommand("log", "Read a whole public log and check every entry and tile");
  auto asked_log = add_common(log, "LOG", "a folder, or a URL such as http://127.0.0.1:10080/log");
  log->add_option(
      "--since", asked_log->since,
      "an earlier checkpoint of the log, or what holds one: a receipt, an exported journal's folder or its "
      "journal.json; it must be a prefix of the log");
  add_ca_option(log, asked_log->ca);

  auto* journal = verify->add_subcommand("journal", "Read a whole exported journal and check every record");
  auto asked_journal = add_common(journal, "DIR", "the folder that `vitrine export journal` made");
  journal->add_option("--since", asked_journal->since,
                      "an earlier export of it, or the journal.json of one, which must be how it begins");
  journal->add_option("--receipt", asked_journal->receipts,
                      "a receipt that must be of a record in it; may be given often");
  journal->add_option("--promise", asked_journal->promises,
                      "a promise of a record in it, which must be kept; may be given often");
  journal->add_option("--log", asked_journal->public_log,
                      "the public log, a folder or a URL: erasures must be in both, signed by two people");
  add_ca_option(journal, asked_journal->ca);
  journal->callback([asked_journal, &status] { status = answer(*asked_journal, check_journal); });

  log->callback([asked_log, &status] { status = answer(*asked_log, check_log); });
}

}  // namespace vitrine::app
