// A disk that fails for a while: the store finds out by itself what is durable, and goes on.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <thread>

#include "store/failing_log.h"
#include "store/frames.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

class Recovery : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Store::open({.directory = scratch_.path(), .files = &files_});
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  Result<Position> put(const std::string& value) {
    return commit(*store_, {.guards = {store_->look_up(kHead)->guard(Table::Heads)},
                            .writes = {{kHead, value}},
                            .deltas = {{"sum", 1}},
                            .records = {{1, {}, value}}});
  }
  /// A put whose sync fails so; then the disk works again.
  void fail_a_put(Sync how, const std::string& value) {
    files_.state.sync = how;
    const auto failed = put(value);
    files_.state.sync = Sync::Works;
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Code::DeviceFailed);
    EXPECT_NE(failed.error().message.find("unknown whether"), std::string::npos);
    wait_until_commits_are_taken(*store_);
  }
  /// That head, counter and journal are what `values` left, one after the other.
  void expect(const std::vector<std::string>& values) {
    EXPECT_EQ(store_->look_up(kHead)->value, values.back());
    EXPECT_EQ(*store_->counter("sum"), std::ssize(values));
    const auto records = store_->scan_journal(1, 0, SIZE_MAX);
    ASSERT_EQ(records->size(), values.size());
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ((*records)[i].bytes, values[i]);
    EXPECT_EQ(store_->journal_size(1), values.size());
  }

  const Key kHead{Table::Heads, "head"};
  ScratchDirectory scratch_;
  FailingLog files_;
  std::unique_ptr<Store> store_;
};

TEST_F(Recovery, WhatWasLostIsGoneWholeAndTheStoreGoesOn) {
  ASSERT_TRUE(put("1"));
  const auto version = store_->version();
  fail_a_put(Sync::LosesTheData, "lost");
  expect({"1"});
  EXPECT_EQ(store_->version(), version);
  ASSERT_TRUE(put("2"));
  expect({"1", "2"});
  EXPECT_EQ(store_->activity().recoveries, 1u);
}

TEST_F(Recovery, WhatWasWrittenAllTheSameIsThereWhole) {
  ASSERT_TRUE(put("1"));
  const auto before = *store_->look_up(kHead);
  fail_a_put(Sync::KeepsTheData, "2");
  expect({"1", "2"});
  EXPECT_EQ(commit(*store_, {.guards = {before.guard(Table::Heads)}}).error().code, Code::StateChanged)
      << "what was read before does not hold any more";
  EXPECT_FALSE(store_->unchanged_since(kHead, before.read_at));
  ASSERT_TRUE(put("3"));
  expect({"1", "2", "3"});
  store_.reset();
  SetUp();
  expect({"1", "2", "3"});
}

/// A segment, and a round that adopts it.
class RecoveryOfRoom : public Recovery {
 protected:
  static constexpr std::size_t kBody = 100'000;

  SegmentId adopt(Sync how) {
    const auto segment = run(write_segment(*store_, Bytes(kBody, 'x'))).value();
    files_.state.sync = how;
    EXPECT_EQ(commit(*store_, {.adopts = {segment}}).error().code, Code::DeviceFailed);
    if (files_.state.sync != Sync::NothingWorks) {
      files_.state.sync = Sync::Works;
      wait_until_commits_are_taken(*store_);
    }
    return segment.id();
  }
  void expect_whole(const SegmentId& id) {
    const auto body = run(read_segment(*store_, id, kBody));
    ASSERT_TRUE(body) << body.error().message;
    EXPECT_EQ(*body, Bytes(kBody, 'x'));
  }
};

TEST_F(RecoveryOfRoom, ComesBackWhenTheRoundIsLost) {
  const auto id = adopt(Sync::LosesTheData);
  EXPECT_FALSE(store_->segment_length(id));
  EXPECT_EQ(store_->reclaim(), stored_length(kBody));
}

TEST_F(RecoveryOfRoom, StaysWhenTheRoundIsThereAllTheSame) {
  const auto id = adopt(Sync::KeepsTheData);
  EXPECT_EQ(store_->reclaim(), 0u);
  expect_whole(id);
}

TEST_F(RecoveryOfRoom, StaysWhenTheStoreClosesBeforeAnybodyKnows) {
  const auto id = adopt(Sync::KeepsTheDataAndDies);
  EXPECT_EQ(store_->reclaim(), 0u);
  store_.reset();
  files_.state.sync = Sync::Works;
  SetUp();
  expect_whole(id);
}

/// Waits in the middle of a table, for as long as the store does not take commits.
class WaitingGuide final : public CheckGuide {
 public:
  explicit WaitingGuide(std::function<bool()> recovers) : recovers_(std::move(recovers)) {}
  bool go_on(std::uint64_t, const CheckPlace& place) override {
    if (place.stage == CheckStage::Files || place.key.empty()) return true;
    recovered = recovers_();
    return false;
  }
  std::optional<bool> recovered;

 private:
  std::function<bool()> recovers_;
};

TEST_F(Recovery, DoesNotWaitForACheckThatWaits) {
  for (int i = 0; i < 40; ++i)
    ASSERT_TRUE(
        commit(*store_, {.writes = {{{Table::Bodies, "b" + std::to_string(i)}, std::string(100'000, 'x')}}}));
  WaitingGuide guide([&] {
    files_.state.sync = Sync::KeepsTheData;
    EXPECT_FALSE(put("fails"));
    files_.state.sync = Sync::Works;
    for (int waits = 0; waits < 400 && !store_->takes_commits(); ++waits)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return store_->takes_commits().has_value();
  });
  CheckReport report;
  EXPECT_FALSE(store_->check({}, guide, report));
  EXPECT_EQ(guide.recovered, true);
}

TEST_F(Recovery, ADiskThatDoesNotAnswerIsTriedAgainWhileReadsGoOn) {
  ASSERT_TRUE(put("1"));
  files_.state.sync = Sync::NothingWorks;
  EXPECT_EQ(put("2").error().code, Code::DeviceFailed);
  for (int i = 0; i < 30; ++i) {
    const auto refused = put("2");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::Unavailable);
    EXPECT_NE(refused.error().message.find("does not answer"), std::string::npos) << refused.error().message;
    EXPECT_EQ(store_->look_up(kHead)->value, "1");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  files_.state.sync = Sync::Works;
  wait_until_commits_are_taken(*store_);
  ASSERT_TRUE(put("3"));
  expect({"1", "3"});
}

TEST_F(Recovery, WhoKeepsStateInMemoryReadsItAgainBeforeCommitsAreTaken) {
  ASSERT_TRUE(put("1"));
  std::string seen;
  std::atomic<int> calls = 0;
  store_->when_recovered([&]() -> Result<void> {
    EXPECT_FALSE(store_->takes_commits());
    seen = store_->look_up(kHead)->value;
    if (++calls == 1) return fail(Code::DeviceFailed, "not yet");
    return {};
  });
  fail_a_put(Sync::KeepsTheData, "2");
  EXPECT_EQ(calls, 2) << "as long as it fails the store stays fenced";
  EXPECT_EQ(seen, "2");
  store_->when_recovered({});
}

TEST_F(Recovery, ABodyThatWasFetchedBeforeIsStillWhatItWas) {
  const std::string body(10'000, 'b');
  ASSERT_TRUE(commit(*store_, {.writes = {{{Table::Bodies, "body"}, body}}}));
  fail_a_put(Sync::KeepsTheData, "1");  // the body lies in a file now
  const auto fetched = store_->fetch_body("body");
  auto scanner = store_->scanner(Table::Heads, "", "");
  ASSERT_TRUE(fetched && scanner);
  std::thread failing([&] { fail_a_put(Sync::LosesTheData, "2"); });
  auto next = scanner->next();
  while (next) {
    scanner->seek("");
    next = scanner->next();
  }
  EXPECT_EQ(next.error().code, Code::Unavailable) << "a scanner that was under way ends";
  failing.join();
  EXPECT_EQ(as_text(fetched->bytes(StoreTestPeer::read_access())), body);
  EXPECT_TRUE(store_->scanner(Table::Heads, "", "")->next());
}

}  // namespace
}  // namespace vitrine::store
