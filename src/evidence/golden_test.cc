// The formats as they were published: a log, its key, receipts, a promise, a journal and proofs in
// tests/evidence/sample. Every
// later build must make the same bytes and verify these. With VITRINE_WRITE_GOLDEN=1 in the environment the
// test writes them anew.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "base/encoding.h"
#include "evidence/journal_verifier.h"
#include "evidence/log_verifier.h"
#include "evidence/promise_verifier.h"
#include "evidence/receipt_verifier.h"
#include "evidence/sample_log.h"
#include "evidence/verify_report.h"

namespace vitrine::evidence {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = "tests/evidence/sample";

Result<Bytes> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Code::ResourceNotFound, path.string() + " is missing.");
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

void write_file(const fs::path& path, ConstBytes bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << as_text(bytes);
}

std::string proof_line(std::string_view kind, std::uint64_t first, std::uint64_t size,
                       const tlog::Proof& proof) {
  std::string hashes;
  for (const auto& digest : proof) hashes += (hashes.empty() ? "" : ",") + to_hex(digest);
  return fmt::format("{} {} {} {}\n", kind, first, size, hashes.empty() ? "-" : hashes);
}

/// Proofs about the log at some of its sizes, a line each, for others' programs to verify.
std::string proofs(tlog::MemoryTree& tree) {
  std::string lines;
  for (std::uint64_t size : {1, 2, 3, 7, 8, 9, 130, 255, 256, 257, 260})
    for (std::uint64_t at : std::set<std::uint64_t>{0, size / 3, size / 2, size - 1}) {
      lines += proof_line("inclusion", at, size, *tlog::prove_inclusion(tree, at, size));
      lines += proof_line("consistency", at + 1, size, *tlog::prove_consistency(tree, at + 1, size));
    }
  return lines;
}

/// The sample, grown beyond one full tile, as files below kFolder.
SampleLog::Files golden_files() {
  auto log = sample_log();
  auto receipt = *write_receipt(log.receipt(1, 3));
  auto promised_receipt = *write_receipt(log.promised_receipt(1, 3, 5));
  auto promise = promise_text(log.promise(1, {2, 3, 4}, 1, 5));
  const auto journal = log.journal(1);
  while (log.entries().size() < 260) log.seal();
  SampleLog::Files files{{"receipt.json", to_bytes(as_bytes(receipt))},
                         {"promised-receipt.json", to_bytes(as_bytes(promised_receipt))},
                         {"promise", to_bytes(as_bytes(promise + "\n"))},
                         {"log-key", to_bytes(as_bytes(log.key().text() + "\n"))},
                         {"proofs.txt", to_bytes(as_bytes(proofs(log.tree())))}};
  for (auto& [path, bytes] : log.files()) files["log/" + path] = std::move(bytes);
  for (const auto& [path, bytes] : journal) files["journal/" + path] = bytes;
  return files;
}

tlog::NoteKey stored_key() {
  auto text = *read_file(kFolder / "log-key");
  return *tlog::NoteKey::parse(as_text(ConstBytes(text).first(text.size() - 1)));
}

TEST(Golden, TheFormatsMakeTheBytesThatWerePublished) {
  if (std::getenv("VITRINE_WRITE_GOLDEN"))
    for (const auto& [path, bytes] : golden_files()) write_file(kFolder / path, bytes);
  for (const auto& [path, bytes] : golden_files()) {
    auto stored = read_file(kFolder / path);
    ASSERT_TRUE(stored) << stored.error().message;
    EXPECT_TRUE(*stored == bytes) << path;
  }
}

TEST(Golden, ThePublishedLogReceiptPromiseAndJournalVerify) {
  auto log =
      verify_log([](const std::string& path) { return read_file(kFolder / "log" / path); }, stored_key());
  EXPECT_TRUE(log.verified()) << report_as_text(log);
  auto receipt = verify_receipt(as_text(*read_file(kFolder / "receipt.json")), stored_key());
  EXPECT_TRUE(receipt.verified()) << report_as_text(receipt);
  auto promised = verify_receipt(as_text(*read_file(kFolder / "promised-receipt.json")), stored_key());
  EXPECT_TRUE(promised.verified()) << report_as_text(promised);
  auto promise = verify_promise(as_text(*read_file(kFolder / "promise")), stored_key(),
                                as_text(*read_file(kFolder / "receipt.json")));
  EXPECT_TRUE(promise.verified()) << report_as_text(promise);
  const KeptEvidence kept{.since = {},
                          .receipts = {{.text = std::string(as_text(*read_file(kFolder / "receipt.json")))}},
                          .promises = {{.text = std::string(as_text(*read_file(kFolder / "promise")))}}};
  auto journal = verify_journal([](const std::string& path) { return read_file(kFolder / "journal" / path); },
                                stored_key(), kept);
  EXPECT_TRUE(journal.verified()) << report_as_text(journal);
}

}  // namespace
}  // namespace vitrine::evidence
