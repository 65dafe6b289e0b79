// A torn end of the metadata log is what a crash leaves; damage anywhere else is not passed over.
#include <gtest/gtest.h>

#include <boost/crc.hpp>
#include <fstream>

#include "base/file.h"
#include "store/child_process.h"
#include "store/log_check.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

constexpr int kCommits = 40;
constexpr std::size_t kBlock = 32 << 10;
constexpr std::size_t kHeader = 7;

/// Ends as kill -9 would, with everything in the log.
void commit_and_die(const std::filesystem::path& directory) {
  auto store = *Store::open({.directory = directory});
  for (int i = 0; i < kCommits; ++i)
    if (!commit(*store, {.writes = {{{Table::Heads, std::to_string(i)}, std::string(3'000, 'x')}},
                         .records = {{1, {}, "r"}}}))
      _exit(1);
  _exit(0);
}
const auto* const kDying =
    testing::AddGlobalTestEnvironment(new ChildRoutine("commit and die", commit_and_die));

std::filesystem::path newest_log(const std::filesystem::path& directory) {
  std::filesystem::path newest;
  for (const auto& entry : std::filesystem::directory_iterator(directory / "metadata"))
    if (entry.path().extension() == ".log" && entry.path() > newest) newest = entry.path();
  return newest;
}

/// A store that died, kept whole; every try is made on a copy.
class LogDamage : public testing::Test {
 protected:
  void SetUp() override {
    auto status = wait_for_child(start_child("commit and die", scratch_.path() / "kept", STDERR_FILENO));
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    log_ = read_file(newest_log(scratch_.path() / "kept")).value();
    ASSERT_GT(log_.size(), 3 * kBlock);
    for (std::size_t at = 0; at + kHeader <= log_.size();) {
      records_.push_back(at);
      at += kHeader + static_cast<std::uint8_t>(log_[at + 4]) + 256 * static_cast<std::uint8_t>(log_[at + 5]);
      if (kBlock - at % kBlock < kHeader) at += kBlock - at % kBlock;
    }
  }

  /// Opens a copy of the store with this in place of its log; how many commits are there.
  Result<std::uint64_t> commits_with(const std::string& log) {
    auto copy = scratch_.path() / "copy";
    std::filesystem::remove_all(copy);
    std::filesystem::copy(scratch_.path() / "kept", copy, std::filesystem::copy_options::recursive);
    EXPECT_TRUE(replace_file(newest_log(copy), as_bytes(log)));
    auto store = TRY(Store::open({.directory = copy}));
    return store->journal_size(1);
  }

  void expect_refused(const std::string& log, const std::string& what) {
    for (int tries = 0; tries < 2; ++tries) {
      auto opened = commits_with(log);
      ASSERT_FALSE(opened) << what << ": " << *opened << " commits";
      EXPECT_EQ(opened.error().code, Code::Corrupt) << what;
      EXPECT_NE(opened.error().message.find(newest_log(scratch_.path() / "copy").string()), std::string::npos)
          << opened.error().message;
      EXPECT_NE(opened.error().message.find("from a backup"), std::string::npos);
    }
  }

  ScratchDirectory scratch_;
  std::string log_;
  std::vector<std::size_t> records_;  ///< where each begins; the last batch is one of them
};

TEST_F(LogDamage, OneBitInFrontOfOtherBatchesIsRefused) {
  ASSERT_EQ(*commits_with(log_), kCommits);
  // Checksum, length (both bytes), type, sequence number, value.
  for (auto record : {std::size_t{1}, records_.size() / 2, records_.size() - 2})
    for (auto offset : {0, 4, 5, 6, 8, 500}) {
      auto damaged = log_;
      damaged[records_[record] + static_cast<std::size_t>(offset)] ^= 0x10;
      expect_refused(damaged, std::to_string(record) + "+" + std::to_string(offset));
    }
}

TEST_F(LogDamage, APageOfZerosInTheMiddleIsRefused) {
  for (auto page : {log_.size() / 8192, log_.size() / 4096 - 3}) {
    auto damaged = log_;
    damaged.replace(page * 4096, 4096, 4096, '\0');
    expect_refused(damaged, "page " + std::to_string(page));
  }
}

TEST_F(LogDamage, ATornLastBatchIsWhatACrashLeaves) {
  auto last = records_.back();
  for (auto kept : {last, last + 3, last + kHeader, last + 1'000, log_.size() - 1}) {
    auto commits = commits_with(log_.substr(0, kept));
    ASSERT_TRUE(commits) << kept << ": " << commits.error().message;
    EXPECT_EQ(*commits, kCommits - 1) << kept;
    commits = commits_with(log_.substr(0, kept) + std::string(100'000, '\0'));
    ASSERT_TRUE(commits) << "with room set aside: " << commits.error().message;
    EXPECT_EQ(*commits, kCommits - 1) << kept;
  }
  EXPECT_EQ(*commits_with(log_ + std::string(100'000, '\0')), kCommits);
  auto damaged = log_;
  damaged[last + 500] ^= 1;
  EXPECT_EQ(*commits_with(damaged), kCommits - 1) << "it cannot be told from a torn one";
}

/// One record with its header.
std::string record(char type, std::uint64_t sequence, std::size_t bytes) {
  std::string payload(1, type);
  for (int i = 0; i < 8; ++i) payload += static_cast<char>(sequence >> 8 * i);
  payload.resize(1 + bytes, 'x');
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(payload.data(), payload.size());
  auto masked = (crc.checksum() >> 15 | crc.checksum() << 17) + 0xa282ead8u;
  std::string out;
  for (int i = 0; i < 4; ++i) out += static_cast<char>(masked >> 8 * i);
  out += static_cast<char>(bytes & 0xff);
  out += static_cast<char>(bytes >> 8);
  return out + payload;
}

constexpr char kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4;

std::optional<BatchBehindDamage> check(const std::vector<std::string>& logs) {
  ScratchDirectory scratch;
  for (std::size_t i = 0; i < logs.size(); ++i)
    EXPECT_TRUE(replace_file(scratch.path() / (std::to_string(999'999 + i) + ".log"), as_bytes(logs[i])));
  auto found = find_batch_behind_damage(posix_file_layer(), scratch.path());
  EXPECT_TRUE(found);
  if (*found) (*found)->damaged = (*found)->damaged.filename();
  return *found;
}

TEST(LogCheck, FollowsTheLogFromFileToFile) {
  auto whole = record(kFull, 1, 100) + record(kFull, 2, 100);
  EXPECT_FALSE(check({}));
  EXPECT_FALSE(check({whole, "", record(kFull, 3, 100)}));
  auto torn = whole.substr(0, whole.size() - 1);
  EXPECT_FALSE(check({torn}));
  EXPECT_FALSE(check({torn, ""}));
  auto found = check({torn, record(kFull, 3, 100) + record(kFull, 4, 100)});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->damaged, "999999.log");
  EXPECT_EQ(found->sequence, 4u);
  EXPECT_TRUE(check({record(kFirst, 1, 100), record(kFull, 2, 100)})) << "a batch without its end";
}

TEST(LogCheck, ARecordThatLooksLikeOneOfAReusedFileIsPassedOver) {
  for (const char type : {char{0}, char{5}, char{8}, char{9}}) {
    auto damaged = record(kFull, 1, 100);
    damaged[6] = type;
    const auto found = check({damaged, record(kFull, 2, 100)});
    ASSERT_TRUE(found) << int{type};
    EXPECT_EQ(found->sequence, 2u);
    EXPECT_EQ(found->is_passed_over, type == 5 || type == 8) << int{type};
  }
}

TEST(LogCheck, FragmentsOfTheTornBatchItselfAreNoProof) {
  auto first = record(kFirst, 1, kBlock - kHeader);
  auto middle = record(kMiddle, 0, kBlock - kHeader);
  auto last = record(kLast, 0, 50);
  auto not_written = std::string(kBlock, '\0');
  EXPECT_FALSE(check({first + middle + last}));
  EXPECT_FALSE(check({first + not_written + last})) << "pages are written in any order";
  EXPECT_FALSE(check({not_written + middle + last}));
  EXPECT_TRUE(check({first + not_written + last + record(kFull, 9, 100)}));
}

TEST(LogCheck, ABodyThatLooksLikeALogIsNoProof) {
  std::string body;
  for (std::uint64_t i = 0; i < 20; ++i) body += record(kFull, 100 + i, 30);
  auto batch = record(kFull, 2, 20 + body.size());
  batch.replace(kHeader + 20, body.size(), body);
  auto log = record(kFull, 1, 100) + batch;  // whose checksum is that of other bytes
  for (auto cut : {std::size_t{0}, std::size_t{1}, body.size() / 2})
    EXPECT_FALSE(check({log.substr(0, log.size() - cut)})) << cut;
}

}  // namespace
}  // namespace vitrine::store
