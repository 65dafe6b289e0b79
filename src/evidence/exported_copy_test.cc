#include "evidence/exported_copy.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "evidence/dishonest_operator.h"
#include "evidence/journal_export.h"
#include "evidence/journal_folder.h"

namespace vitrine::evidence {
namespace {

using Files = SampleLog::Files;

constexpr std::size_t kSlot = 1;
constexpr std::string_view kChanged = "Your copy was changed since it was exported: ";

class ExportedCopy : public testing::Test {
 protected:
  ExportedCopy() {
    std::filesystem::remove_all(folder_);
    grow_to(300);
    EXPECT_TRUE(update());
  }
  ~ExportedCopy() override { std::filesystem::remove_all(folder_); }

  Result<Exported> update() {
    const auto files = log_.journal(kSlot);
    const auto read = [&](const std::string& path) -> Result<Bytes> {
      const auto file = files.find(path);
      if (file == files.end()) return fail(Code::ResourceNotFound, "There is no " + path + ".");
      return file->second;
    };
    return update_export(folder_, read_journal_head(as_text(files.at(kJournalHeadFile))).value(), read);
  }
  void grow_to(std::uint64_t size) {
    for (auto n = log_.sealed_head(kSlot).head.size; n < size; ++n) log_.record(kSlot, sample_contents(n));
    log_.seal();
  }
  [[nodiscard]] Files content() const {
    Files files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_))
      if (entry.is_regular_file())
        files[entry.path().lexically_relative(folder_).string()] =
            to_bytes(as_bytes(read_file(entry.path()).value()));
    return files;
  }
  void write(const std::string& file, ConstBytes bytes) const {
    ASSERT_TRUE(replace_file(folder_ / file, bytes));
  }
  /// Changes a byte in the middle.
  void change(const std::string& file) const {
    auto bytes = to_bytes(as_bytes(read_file(folder_ / file).value()));
    bytes[bytes.size() / 2] ^= 1;
    write(file, bytes);
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("vitrine-copy-" + std::to_string(::getpid()));
  DishonestOperator log_{sample_log()};
};

TEST_F(ExportedCopy, IsWholeAsItWasWritten) {
  EXPECT_TRUE(check_exported_copy(folder_));
  grow_to(700);
  EXPECT_TRUE(update());
  EXPECT_TRUE(check_exported_copy(folder_));
}

TEST_F(ExportedCopy, AChangedFileIsNamed) {
  for (const auto& [file, bytes] : content()) {
    change(file);
    const auto checked = check_exported_copy(folder_);
    ASSERT_FALSE(checked) << file;
    EXPECT_TRUE(checked.error().message.contains(file)) << file << ": " << checked.error().message;
    write(file, bytes);
  }
  EXPECT_TRUE(check_exported_copy(folder_));
}

TEST_F(ExportedCopy, AnUpdateStopsBeforeWhatWasChangedIsReplaced) {
  const auto before = content();
  grow_to(600);
  for (const std::string file :
       {"journal.json", "tile/entries/001.p/44", "tile/0/001.p/44", "tile/1/000.p/1"}) {
    ASSERT_TRUE(before.contains(file)) << file;
    change(file);
    const auto changed = content();
    const auto refused = update();
    ASSERT_FALSE(refused) << file;
    EXPECT_EQ(refused.error().code, Code::VerificationFailed) << file;
    EXPECT_TRUE(refused.error().message.starts_with(kChanged)) << refused.error().message;
    EXPECT_FALSE(refused.error().message.contains("rewritten"));
    EXPECT_TRUE(content() == changed) << file << ": nothing is overwritten";
    write(file, before.at(file));
  }
  EXPECT_TRUE(update());
}

TEST_F(ExportedCopy, AHeadWithAnotherSizeIsNotTakenForAJournalThatWentBack) {
  auto head = read_file(folder_ / kJournalHeadFile).value();
  head.replace(head.find("\"size\":300"), 10, "\"size\":900");
  write(kJournalHeadFile, as_bytes(head));
  EXPECT_TRUE(update().error().message.starts_with(std::string(kChanged) + kJournalHeadFile));
}

TEST_F(ExportedCopy, ATileThatIsMissingIsAChange) {
  std::filesystem::remove(folder_ / "tile/0/001.p/44");
  EXPECT_TRUE(update().error().message.starts_with(kChanged));
}

TEST_F(ExportedCopy, AFacetThatWasErasedSinceIsNoChange) {
  close(FacetKind::Who, log_.record_of(kSlot, 290));
  grow_to(310);
  EXPECT_TRUE(update());
  EXPECT_TRUE(check_exported_copy(folder_));
}

TEST_F(ExportedCopy, AnotherJournalInTheSlotPointsToTheLoss) {
  log_.begin_second_journal(kSlot);
  log_.seal();
  const auto refused = update();
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().message.contains("loss entry for slot 1")) << refused.error().message;
}

TEST_F(ExportedCopy, WhenItIsWholeTheHistoryIsWhatWasRewritten) {
  auto contents = sample_contents(290);
  contents.what.action = "blob.get-properties";
  log_.rewrite(kSlot, 290, contents);
  log_.seal();
  grow_to(310);
  const auto whole = update();
  ASSERT_FALSE(whole);
  EXPECT_TRUE(whole.error().message.contains("history was rewritten")) << whole.error().message;
  change("tile/entries/000");
  EXPECT_TRUE(update().error().message.starts_with(std::string(kChanged) + "tile/entries/000"));
}

}  // namespace
}  // namespace vitrine::evidence
