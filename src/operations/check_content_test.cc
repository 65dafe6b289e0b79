#include "operations/check_content.h"

#include "operations/test_world.h"
#include "store/database.h"
#include "store/encoding.h"

namespace vitrine::operations {
namespace {

using store::Family;

class CheckContent : public testing::Test {
 protected:
  CheckContent() {
    auto own = world.request();
    EXPECT_TRUE(world.run(create_container(*world.floors, own, {world.container("box"), {}})));
    for (const auto& [name, size] : {std::pair{"small", 100}, std::pair{"large", 200'000}}) {
      TextInput body(std::string(static_cast<std::size_t>(size), 'x'));
      auto again = world.request();
      PutBlob request{.blob = world.blob("box", name), .length = static_cast<std::uint64_t>(size)};
      EXPECT_TRUE(world.run(put_blob(*world.floors, again, request, body)));
    }
  }

  /// Changes the tables behind the store's back.
  void change(const std::function<void(store::Database&, store::Batch&)>& change) {
    world.close();
    {
      auto database =
          store::Database::open(store::posix_file_layer(), world.directory() / "metadata", {1 << 20, 1 << 20})
              .value();
      auto batch = database->new_batch();
      change(*database, *batch);
      ASSERT_TRUE(database->write(*batch));
    }
    world.reopen();
  }

  store::CheckReport look() {
    store::CheckReport report;
    counts = check_content(*world.floors, world.accounts, report);
    return report;
  }

  /// The one damage there is.
  std::string told() {
    auto report = look();
    return report.damages == 1 ? report.told[0].place + ": " + report.told[0].what
                               : std::to_string(report.damages) + " damages";
  }

  static void erase_all(store::Database& database, store::Batch& batch, Family family) {
    const auto cursor = database.cursor(family, {}, {});
    for (cursor->seek({}); cursor->valid(); cursor->next()) batch.erase(family, cursor->key());
  }

  TestWorld world{"check_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name())};
  ContentCounts counts;
};

TEST_F(CheckContent, CountsWhatIsWhole) {
  EXPECT_EQ(look().damages, 0u);
  EXPECT_EQ(counts.containers, 1u);
  EXPECT_EQ(counts.blobs, 2u);
  EXPECT_EQ(counts.bytes, 200'100u);
}

/// Ends a check at each call, and remembers where.
class OneStep final : public store::CheckGuide {
 public:
  bool go_on(std::uint64_t read, const store::CheckPlace& place) override {
    bytes += read;
    at = place;
    ++calls;
    return false;
  }
  store::CheckPlace at{store::CheckStage::Content, ""};
  std::uint64_t bytes = 0;
  int calls = 0;
};

TEST_F(CheckContent, GoesOnWhereItWasEndedAndCountsTheBytesOfBodies) {
  constexpr int kBlobs = 120;
  constexpr std::size_t kSize = 30'000;
  for (int i = 0; i < kBlobs; ++i) {
    TextInput body(std::string(kSize, 'y'));
    auto again = world.request();
    PutBlob request{.blob = world.blob("box", "many/" + std::to_string(i)), .length = kSize};
    ASSERT_TRUE(world.run(put_blob(*world.floors, again, request, body)));
  }
  const auto whole = look();
  const auto expected = counts;
  ASSERT_EQ(expected.blobs, kBlobs + 2u);
  OneStep guide;
  store::CheckReport report;
  counts = {};
  constexpr int kMostSteps = 100;
  for (int steps = 0; steps < kMostSteps; ++steps)
    if (check_content(*world.floors, world.accounts, guide.at, guide, report, counts)) break;
  EXPECT_GT(guide.calls, 2);
  EXPECT_GT(guide.bytes, kBlobs * kSize / 2) << "the rest came behind the last call";
  EXPECT_EQ(counts, expected);
  EXPECT_EQ(report.damages, 0u);
  EXPECT_GE(whole.bytes, kBlobs * kSize);
  EXPECT_LE(report.bytes, whole.bytes + static_cast<std::uint64_t>(guide.calls) * kSize)
      << "a blob is begun anew";
}

TEST_F(CheckContent, AMissingBodyIsTold) {
  change([](auto& database, auto& batch) { erase_all(database, batch, Family::Bodies); });
  EXPECT_EQ(told(), "container box, blob small: an inline body is missing");
}

TEST_F(CheckContent, AMissingSegmentIsTold) {
  change([](auto& database, auto& batch) { erase_all(database, batch, Family::Segments); });
  EXPECT_EQ(told(), "container box, blob large: a segment of its content is missing");
}

TEST_F(CheckContent, AHeadInAnothersPlaceIsTold) {
  change([](store::Database& database, store::Batch& batch) {
    const auto cursor = database.cursor(Family::Heads, {}, {});
    cursor->seek({});
    std::string large(cursor->value());
    cursor->next();
    batch.put(Family::Heads, cursor->key(), {large});
  });
  EXPECT_TRUE(told().starts_with("container box, blob small: A stored value was changed")) << told();
}

TEST_F(CheckContent, ARecordThatIsNotItsLeafsIsTold) {
  auto slot = world.account().slot;
  change([&](store::Database& database, store::Batch& batch) {
    auto first = store::journal_key(slot, 0), second = store::journal_key(slot, 1);
    auto one = database.get(Family::Journal, as_text(first)).value();
    auto other = database.get(Family::Journal, as_text(second)).value();
    constexpr std::size_t kLeaf = 32;
    batch.put(Family::Journal, as_text(second),
              {as_text(other.bytes().first(kLeaf)), as_text(one.bytes().subspan(kLeaf))});
  });
  EXPECT_EQ(told(),
            "account tester, record 1: the record is not the one whose leaf is in the journal's tree");
}

}  // namespace
}  // namespace vitrine::operations
