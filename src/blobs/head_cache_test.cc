#include "blobs/head_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "blobs/sealed.h"
#include "store/store_test_peer.h"

namespace vitrine::blobs {
namespace {

using store::ScratchDirectory;

/// Never asked: the test's keys are in memory.
class NoBroker final : public keys::KeyBroker {
  Result<Bytes> wrap(keys::KeyPurpose, const crypto::Aes256Key&) override { return Bytes{}; }
  Result<crypto::Aes256Key> unwrap(keys::KeyPurpose, ConstBytes) override { return crypto::Aes256Key{}; }
  Result<void> begin_rotation() override { return {}; }
  Result<void> end_rotation() override { return {}; }
  [[nodiscard]] bool is_rotating() const override { return false; }
};

class HeadCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    store_ = store::Store::open({.directory = scratch_.path()}).value();
    directory_.put({{account_.text(), std::make_shared<const keys::DataKeys>(store::test_keys())}});
    cache_.emplace(*store_, directory_);
  }

  /// A state of the blob that says which one it is.
  void write(std::uint64_t number, const std::string& metadata = {}) {
    BlobHead head{.size = number, .layout = Piece{.length = number, .place = BodyNumber{1}}};
    if (!metadata.empty()) head.metadata = {{"m", metadata}};
    commit({.writes = {write_name(store::test_keys(), blob_key(container_, blob_), {head, std::nullopt})}});
  }
  void erase() { commit({.writes = {{blob_key(container_, blob_), std::nullopt}}}); }
  void commit(store::Commit change) {
    const auto done = store::commit(*store_, std::move(change));
    ASSERT_TRUE(done) << done.error().message;
  }

  Found<NameState> look() { return cache_->of(account_).value().name(container_, blob_).value(); }
  std::optional<std::uint64_t> number() {
    const auto found = look();
    return found.head ? std::optional(found.head->head->size) : std::nullopt;
  }

  ScratchDirectory scratch_;
  NoBroker broker_;
  keys::KeyDirectory directory_{broker_};
  std::unique_ptr<store::Store> store_;
  std::optional<HeadCache> cache_;
  const identity::AccountName account_ = *identity::AccountName::parse("tester");
  const ContainerId container_{7};
  const BlobName blob_ = *BlobName::parse("b");
};

TEST_F(HeadCacheTest, ReadsWhatDidNotChangeOnce) {
  write(1);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(number(), 1u);
  EXPECT_EQ(cache_->reads(), 1u);
}

TEST_F(HeadCacheTest, FindsEveryChangeAtOnce) {
  EXPECT_EQ(number(), std::nullopt);
  for (std::uint64_t i = 1; i < 100; ++i) {
    write(i);
    ASSERT_EQ(number(), i);
    ASSERT_EQ(number(), i);
    if (i % 10 != 0) continue;
    erase();
    ASSERT_EQ(number(), std::nullopt);
  }
}

TEST_F(HeadCacheTest, GuardsWhatItGaveAgainstTheNextChange) {
  write(1);
  (void)look();
  commit({.writes = {{{store::Table::State, "other"}, "x"}}});
  const auto kept = look();
  EXPECT_EQ(cache_->reads(), 1u);
  EXPECT_EQ(kept.guard.read_at, store_->version());
  EXPECT_TRUE(store::commit(*store_, {.guards = {kept.guard}}));
  EXPECT_EQ(store_->activity().guard_reads, 0u);
  write(2);
  EXPECT_EQ(store::commit(*store_, {.guards = {kept.guard}}).error().code, Code::StateChanged);
}

TEST_F(HeadCacheTest, ReaderNeverSeesLessThanWasAcknowledgedBefore) {
  write(1);
  std::atomic<std::uint64_t> acknowledged = 1;
  std::jthread writer([&] {
    for (std::uint64_t i = 2; i <= 500; ++i) {
      write(i);
      acknowledged.store(i);
    }
  });
  while (acknowledged.load() < 500) {
    const auto before = acknowledged.load();
    ASSERT_GE(number().value(), before);
  }
}

TEST_F(HeadCacheTest, ForgetsWhenKeysWereDestroyedAlsoWhatIsBeingRead) {
  write(1);
  (void)look();
  auto under_way = cache_->of(account_).value();
  cache_->clear();
  EXPECT_EQ(under_way.name(container_, blob_)->head->head->size, 1u);
  EXPECT_EQ(cache_->reads(), 2u);
  EXPECT_EQ(number(), 1u);
  EXPECT_EQ(cache_->reads(), 3u) << "the reader from before has kept nothing";
  EXPECT_EQ(number(), 1u);
  EXPECT_EQ(cache_->reads(), 3u);
}

TEST_F(HeadCacheTest, KeepsManyNamesBesideEachOther) {
  constexpr int kNames = 10'000;
  std::vector<BlobName> names;
  store::Commit puts;
  for (int i = 0; i < kNames; ++i) {
    names.push_back(*BlobName::parse("b" + std::to_string(i)));
    const BlobHead head{.size = static_cast<std::uint64_t>(i), .layout = Piece{}};
    puts.writes.push_back(write_name(store::test_keys(), blob_key(container_, names.back()), {head, {}}));
  }
  commit(std::move(puts));
  auto reader = cache_->of(account_).value();
  for (int pass = 0; pass < 2; ++pass)
    for (int i = 0; i < kNames; ++i)
      ASSERT_EQ(reader.name(container_, names[static_cast<std::size_t>(i)])->head->head->size,
                static_cast<std::uint64_t>(i));
  EXPECT_LT(cache_->reads(), kNames + kNames / 20);
}

TEST_F(HeadCacheTest, DoesNotKeepLargeHeads) {
  write(1, std::string(2000, 'm'));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(number(), 1u);
  EXPECT_EQ(cache_->reads(), 3u);
}

}  // namespace
}  // namespace vitrine::blobs
