#include "blobs/head_walk.h"

#include <gtest/gtest.h>

#include "blobs/expiry.h"
#include "store/store_test_peer.h"

namespace vitrine::blobs {
namespace {

class Walk : public testing::Test {
 protected:
  void put(const std::string& name, std::optional<History> history = {}, bool has_head = true) {
    NameState state{has_head ? std::optional(BlobHead{}) : std::nullopt, history};
    write(write_name(store::test_keys(), blob_key(container, *BlobName::parse(name)), state));
  }
  void put_past(const std::string& name, const History& history, PastKind kind, std::uint64_t ticks) {
    auto key = past_key(container, *BlobName::parse(name), history, {kind, Moment::from_ticks(ticks)});
    write(seal(store::test_keys(), key, encode_blob({})));
  }
  void write(store::Write row) { ASSERT_TRUE(store::commit(*store, {.writes = {std::move(row)}})); }

  HeadWalk walk(WalkChoice choice, const std::string& prefix = "") {
    return *HeadWalk::open(*store, keys, container, prefix, choice);
  }
  static std::string text(const FoundState& state) {
    if (!state.past) return state.name;
    return fmt::format("{}@{}{}", state.name, state.past->kind == PastKind::Snapshot ? 's' : 'v',
                       state.past->moment.ticks());
  }
  static std::string rest(HeadWalk walk) {
    std::string all;
    while (auto state = walk.next().value()) all += text(*state) + " ";
    return all;
  }

  void put_example() {
    put("a");
    put("b", kHistory);
    put_past("b", kHistory, PastKind::Version, 30);
    put_past("b", kHistory, PastKind::Snapshot, 20);
    put_past("b", kHistory, PastKind::Snapshot, 10);
    put_past("b", {.number = 8}, PastKind::Snapshot, 15);  // of a history that ended
    put_past("ba", {.number = 9}, PastKind::Version, 1);   // of a name that has no row any more
    put("c", kHistory, false);
    put_past("c", kHistory, PastKind::Version, 5);
    put("d");
  }

  static constexpr History kHistory{.number = 7};
  store::ScratchDirectory scratch;
  std::unique_ptr<store::Store> store = *store::Store::open({.directory = scratch.path()});
  std::shared_ptr<const keys::DataKeys> keys{&store::test_keys(), [](const auto*) {}};
  ContainerId container{1};
};

TEST_F(Walk, ShowsWhatIsAskedForInTheOrderOfList) {
  put_example();
  EXPECT_EQ(rest(walk({})), "a b d ");
  EXPECT_EQ(rest(walk({.snapshots = true})), "a b@s10 b@s20 b d ");
  EXPECT_EQ(rest(walk({.versions = true})), "a b@v30 b c@v5 d ");
  EXPECT_EQ(rest(walk({.snapshots = true, .versions = true})), "a b@s10 b@s20 b@v30 b c@v5 d ");
  EXPECT_EQ(rest(walk({.versions = true}, "b")), "b@v30 b ");
}

TEST_F(Walk, GoesOnFromAnyState) {
  put_example();
  const WalkChoice both{.snapshots = true, .versions = true};
  auto from = [&](WalkPosition position) {
    auto at = walk(both);
    at.seek(position);
    return rest(std::move(at));
  };
  auto past = [](PastKind kind, std::uint64_t ticks) { return PastId{kind, Moment::from_ticks(ticks)}; };
  EXPECT_EQ(from({.name = "b"}), "b@s10 b@s20 b@v30 b c@v5 d ");
  EXPECT_EQ(from({.name = "b", .past = past(PastKind::Snapshot, 20)}), "b@s20 b@v30 b c@v5 d ");
  EXPECT_EQ(from({.name = "b", .past = past(PastKind::Snapshot, 21)}), "b@v30 b c@v5 d ") << "it was deleted";
  EXPECT_EQ(from({.name = "b", .past = past(PastKind::Version, 30)}), "b@v30 b c@v5 d ");
  EXPECT_EQ(from({.name = "b", .at_current = true}), "b c@v5 d ");
  EXPECT_EQ(from({.name = "bb", .past = past(PastKind::Version, 30)}), "c@v5 d ") << "the name is gone";
  EXPECT_EQ(from({.name = "e"}), "");
}

TEST_F(Walk, DeletedStatesAreShownOnlyWhenAskedFor) {
  const Timestamp now = from_micros(1'000);
  BlobHead deleted;
  deleted.deletion = Deletion{.deleted = from_micros(0), .kept_until = from_micros(1'001)};
  write(write_name(store::test_keys(), blob_key(container, *BlobName::parse("x")), {deleted, {}}));
  put("y");
  EXPECT_EQ(rest(walk({})), "y ");
  EXPECT_EQ(rest(walk({.deleted = true, .now = now})), "x y ");
  EXPECT_EQ(rest(walk({.only_deleted = true, .now = now})), "x ");
  EXPECT_EQ(rest(walk({.deleted = true, .now = from_micros(1'001)})), "y ") << "its time is over";
}

TEST_F(Walk, ExpiredStatesAreNotShown) {
  BlobHead expiring;
  set_attribute(expiring.attributes, std::optional(Expiry{from_micros(1'000)}));
  write(write_name(store::test_keys(), blob_key(container, *BlobName::parse("x")), {expiring, {}}));
  EXPECT_EQ(rest(walk({.now = from_micros(999)})), "x ");
  EXPECT_EQ(rest(walk({.now = from_micros(1'000)})), "");
}

TEST_F(Walk, TheNewestVersionStandsForADeletedBlob) {
  const History history{.number = 7, .latest = Moment::from_ticks(40)};
  const auto name = *BlobName::parse("x");
  write(write_name(store::test_keys(), blob_key(container, name), {{}, history}));
  for (std::uint64_t ticks : {20, 30, 40}) {
    BlobHead head;
    head.version = Moment::from_ticks(ticks);
    const auto key = past_key(container, name, history, {PastKind::Version, *head.version});
    write(seal(store::test_keys(), key, encode_blob(head)));
  }
  put("y");
  EXPECT_EQ(rest(walk({.deleted_with_versions = true})), "x@v40 y ");
  EXPECT_EQ(rest(walk({.versions = true, .deleted_with_versions = true})), "x@v20 x@v30 x@v40 y ");
}

}  // namespace
}  // namespace vitrine::blobs
