#include "evidence/journal_folder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "evidence/journal_export.h"
#include "evidence/stated_gaps.h"
#include "evidence/test_journal.h"
#include "evidence/verify_report.h"

namespace vitrine::evidence {
namespace {

class ExportedFolder : public testing::Test {
 protected:
  ExportedFolder() { std::filesystem::remove_all(folder_); }
  ~ExportedFolder() override { std::filesystem::remove_all(folder_); }

  Result<Exported> update() {
    const auto files = log_.journal(kSlot);
    fetched_.clear();
    return update_export(folder_, *read_journal_head(as_text(files.at(kJournalHeadFile))),
                         [&](const std::string& path) {
                           fetched_.push_back(path);
                           return reader(files)(path);
                         });
  }
  [[nodiscard]] Verification verify(const KeptEvidence& kept = {}) const {
    return verify_journal(
        [this](const std::string& path) -> Result<Bytes> {
          return to_bytes(as_bytes(TRY(read_file(folder_ / path))));
        },
        log_.key(), kept);
  }
  void grow_to(std::uint64_t size) {
    for (auto n = log_.sealed_head(kSlot).head.size; n < size; ++n) log_.record(kSlot, sample_contents(n));
    log_.seal();
  }
  /// All files but the heads before.
  [[nodiscard]] Files content() const {
    Files files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_))
      if (entry.is_regular_file() && entry.path().parent_path().filename() != kEarlierHeads)
        files[entry.path().lexically_relative(folder_).string()] =
            to_bytes(as_bytes(read_file(entry.path()).value()));
    return files;
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("vitrine-export-" + std::to_string(::getpid()));
  DishonestOperator log_{sample_log()};
  std::vector<std::string> fetched_;
};

TEST_F(ExportedFolder, HoldsWhatTheServerHasAndFetchesOnlyWhatIsNew) {
  for (const std::uint64_t size : {7, 8, 255, 256, 257, 600, 600, 1024, 3000}) {
    grow_to(size);
    const auto updated = update();
    ASSERT_TRUE(updated) << updated.error().message;
    EXPECT_EQ(updated->records, size);
    EXPECT_TRUE(content() == log_.journal(kSlot)) << size;
    EXPECT_TRUE(verify().verified()) << report_as_text(verify());
  }
  grow_to(3001);
  ASSERT_TRUE(update());
  EXPECT_EQ(fetched_.size(), 1u) << "the last bundle";
}

TEST_F(ExportedFolder, KeepsItsHeadWhenHistoryIsRewritten) {
  grow_to(300);
  ASSERT_TRUE(update());
  for (const auto& attack : kAttacks) {
    log_ = DishonestOperator(sample_log());  // the same bytes again
    grow_to(300);
    attack.act(log_);
    log_.seal();
    const auto refused = update();
    ASSERT_FALSE(refused) << attack.name;
    EXPECT_EQ(refused.error().code, Code::VerificationFailed) << attack.name;
    EXPECT_TRUE(verify().verified()) << attack.name << ": what is there stays evidence";
  }
}

TEST_F(ExportedFolder, TakesHashesWhereRecordsAreGone) {
  grow_to(600);
  auto files = log_.journal(kSlot);
  files.erase("tile/entries/001");
  const auto head = read_journal_head(as_text(files.at(kJournalHeadFile))).value();
  ASSERT_TRUE(update_export(folder_, head, reader(files)));
  EXPECT_EQ(failed_check(verify()), "records");
  log_.record(kSlot, sample_statement(kExpireAction, "0-511", ""));
  log_.seal();
  files = log_.journal(kSlot);
  files.erase("tile/entries/001");
  const auto later = read_journal_head(as_text(files.at(kJournalHeadFile))).value();
  ASSERT_TRUE(update_export(folder_, later, reader(files)));
  const auto verification = verify();
  EXPECT_TRUE(verification.verified()) << report_as_text(verification);
  EXPECT_EQ(fact(verification, "records dropped, as a record says"), "256");
}

TEST_F(ExportedFolder, KeepsWhatItHasOfRecordsThatNobodyGivesOutAnyMore) {
  grow_to(15);
  ASSERT_TRUE(update());
  const auto kept = content().at("tile/entries/000.p/15");
  grow_to(20);
  auto files = log_.journal(kSlot);
  files.erase("tile/entries/000.p/20");
  const auto head = read_journal_head(as_text(files.at(kJournalHeadFile))).value();
  ASSERT_TRUE(update_export(folder_, head, reader(files)));
  EXPECT_EQ(content().at("tile/entries/000.p/15"), kept);
}

TEST_F(ExportedFolder, KeepsTheHeadsBefore) {
  for (const std::uint64_t size : {10, 300, 600}) {
    grow_to(size);
    ASSERT_TRUE(update());
  }
  for (const auto* size : {"10", "300"}) {
    const auto earlier = read_file(folder_ / kEarlierHeads / fmt::format("{}.json", size));
    ASSERT_TRUE(earlier) << size;
    EXPECT_TRUE(verify({.since = *earlier}).verified()) << report_as_text(verify({.since = *earlier}));
  }
}

TEST_F(ExportedFolder, AHeadThatDoesNotHoldTogetherReplacesNothing) {
  grow_to(10);
  ASSERT_TRUE(update());
  const auto before = content();
  grow_to(20);
  const auto files = log_.journal(kSlot);
  auto head = read_journal_head(as_text(files.at(kJournalHeadFile))).value();
  head.checkpoint = "nobody signed this\n";
  EXPECT_EQ(update_export(folder_, head, reader(files)).error().code, Code::VerificationFailed);
  EXPECT_EQ(content(), before);
}

TEST_F(ExportedFolder, NothingElseIsOverwritten) {
  ASSERT_TRUE(replace_file(folder_ / "thesis.txt", as_bytes("four years")));
  EXPECT_EQ(update().error().code, Code::InvalidInput);
  EXPECT_EQ(content().size(), 1u);
}

}  // namespace
}  // namespace vitrine::evidence
