#include "operations/check_content.h"

#include <fstream>

#include "base/encoding.h"
#include "blobs/held_bodies.h"
#include "blobs/sealed.h"
#include "operations/test_world.h"
#include "store/database.h"
#include "store/encoding.h"
#include "store/extent.h"
#include "store/frames.h"

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

  /// The first key of a family.
  static std::string first_key(store::Database& database, Family family) {
    const auto cursor = database.cursor(family, {}, {});
    cursor->seek({});
    return std::string(cursor->key());
  }

  static store::SegmentId segment_id(store::Database& database) {
    store::SegmentId id{};
    std::ranges::copy(as_bytes(first_key(database, Family::Segments)), id.begin());
    return id;
  }

  void count_holders(const std::string& counter, std::int64_t more) {
    change([&](auto&, auto& batch) {
      batch.put(Family::Counters, counter, {as_text(store::store_integer(static_cast<std::uint64_t>(more)))});
    });
  }

  /// What the store itself tells, with the keys.
  store::CheckReport look_at_store() {
    AccountsKeys keys(world.accounts, *world.data_keys);
    return world.store->check([](std::uint64_t) {}, &keys);
  }

  [[nodiscard]] std::filesystem::path extent() const {
    return world.directory() / "extents/0000000000000001.extent";
  }

  /// Damages a byte of the first frame, and mends the frame's checksum: only the tag tells.
  void change_frame() {
    std::fstream file(extent(), std::ios::in | std::ios::out | std::ios::binary);
    std::string frame(store::kStoredFrameBytes, '\0');
    file.seekg(store::Extent::kHeaderBytes);
    file.read(frame.data(), static_cast<std::streamsize>(frame.size()));
    frame[100] ^= 1;
    const auto sealed = std::string_view(frame).substr(0, frame.size() - sizeof(std::uint32_t));
    Bytes checksum;
    append_be32(checksum, crypto::crc32c(as_bytes(sealed)));
    frame.replace(sealed.size(), checksum.size(), as_text(checksum));
    file.seekp(store::Extent::kHeaderBytes);
    file.write(frame.data(), static_cast<std::streamsize>(frame.size()));
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

TEST_F(CheckContent, ADeletedContainerIsLookedAtWhileItMayBeRestored) {
  world.floors->keeping.containers = std::chrono::days(1);
  auto own = world.request();
  ASSERT_TRUE(world.run(delete_container(*world.floors, own, {world.container("box"), {}})));
  EXPECT_EQ(look().damages, 0u);
  EXPECT_EQ(counts.containers, 1u);
  EXPECT_EQ(counts.blobs, 2u);
  change([](auto& database, auto& batch) { erase_all(database, batch, Family::Bodies); });
  const auto damage = told();
  EXPECT_TRUE(damage.starts_with("container box/") && damage.ends_with("an inline body is missing"))
      << damage;
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

TEST_F(CheckContent, AnInlineBodyThatDoesNotOpenIsTold) {
  change([](store::Database& database, store::Batch& batch) {
    const auto key = first_key(database, Family::Bodies);
    std::string value(as_text(database.get(Family::Bodies, key).value().bytes()));
    value.back() ^= 1;
    batch.put(Family::Bodies, key, {value});
  });
  EXPECT_EQ(told(), "container box, blob small: an inline body does not open under the account's key");
  store::CheckReport report;
  (void)check_content(*world.floors, world.accounts, report, BodyCheck::Place);
  EXPECT_EQ(report.damages, 0u) << "it was not asked for";
}

/// Well closed, but not what was written: the bytes of another blob in its place.
TEST_F(CheckContent, AnInlineBodyOfOtherBytesIsTold) {
  const auto keys = world.data_keys->of("tester").value();
  change([&](store::Database& database, store::Batch& batch) {
    const auto key = first_key(database, Family::Bodies);
    const auto write = blobs::seal(*keys, {store::Table::Bodies, key}, std::string(100, 'y'));
    batch.put(Family::Bodies, key, {as_text(store::store_integer(1)), *write.value});
  });
  EXPECT_EQ(told(), "container box, blob small: an inline body does not have its length and SHA-256");
}

TEST_F(CheckContent, AFrameThatWasChangedWithItsChecksumIsTold) {
  change_frame();
  const store::Damage expected{"extent 1, offset 4096",
                               "frames that do not open under the account's key: 1 of 4"};
  const auto report = look_at_store();
  ASSERT_EQ(report.damages, 1u);
  EXPECT_EQ(report.told[0], expected);
  EXPECT_EQ(world.store->check([](std::uint64_t) {}).damages, 0u) << "no key tells of it";
}

TEST_F(CheckContent, ASegmentThatIsNotOfItsDigestIsTold) {
  change([](store::Database& database, store::Batch& batch) {
    const auto key = first_key(database, Family::Segments);
    auto row = store::read_segment_row(database.get(Family::Segments, key).value().bytes()).value();
    row.digest[0] ^= 1;
    batch.put(Family::Segments, key, {as_text(store::store_segment_row(row))});
  });
  const auto report = look_at_store();
  ASSERT_EQ(report.damages, 1u);
  EXPECT_EQ(report.told[0],
            (store::Damage{"extent 1, offset 4096", "its content does not have its SHA-256"}));
  EXPECT_EQ(told(), "container box, blob large: a segment does not have the SHA-256 that its head says");
}

TEST_F(CheckContent, ACounterOfHoldersThatIsTooLowOrTooHighIsTold) {
  std::string body, segment;
  change([&](store::Database& database, store::Batch&) {
    body = store::holders_key(first_key(database, Family::Bodies));
    segment = store::holders_key(segment_id(database));
  });
  const auto name = [](const std::string& counter, const char* of) {
    return std::string("holders of ") + of + " " + to_hex(as_bytes(counter).subspan(9));
  };
  count_holders(body, 1);
  EXPECT_EQ(told(), name(body, "body") + ": 1 hold it, 2 are counted");
  count_holders(body, -1);
  EXPECT_EQ(told(), name(body, "body") + ": 1 hold it, 0 are counted");
  change([&](auto&, auto& batch) { batch.erase(Family::Counters, body); });
  EXPECT_EQ(look().damages, 0u);
  count_holders(segment, -1);
  EXPECT_EQ(told(), name(segment, "segment") + ": 1 hold it, 0 are counted");
  count_holders(segment, 0);
  count_holders(store::holders_key("nobody"), 3);
  EXPECT_EQ(told(), name(store::holders_key("nobody"), "body") + ": it is not there, and 3 more are counted");
}

TEST_F(CheckContent, ABodyThatNoRowHoldsIsToldUnlessRowsCannotBeRead) {
  std::string head, value;
  change([&](store::Database& database, store::Batch& batch) {
    head = first_key(database, Family::Heads);
    value = as_text(database.get(Family::Heads, head).value().bytes());
    batch.erase(Family::Heads, head);
  });
  EXPECT_TRUE(told().starts_with("holders of segment ")) << told();
  EXPECT_TRUE(told().ends_with(": 0 hold it, 1 are counted")) << told();
  value.back() ^= 1;
  change([&](auto&, auto& batch) { batch.put(Family::Heads, head, {value}); });
  EXPECT_TRUE(told().starts_with("container box, blob large: A stored value was changed")) << told();
}

TEST_F(CheckContent, WhatAnAccountWithoutKeysHeldIsNoDamage) {
  world.data_keys->forget_content("tester");
  EXPECT_EQ(look().damages, 0u);
  EXPECT_EQ(look_at_store().damages, 0u);
}

/// Counts the rows that are looked at.
class CountedRows final : public store::HolderRows {
 public:
  explicit CountedRows(const keys::KeyDirectory& keys) : rows_(keys) {}
  void take_fact(const store::EntryView& row) override { rows_.take_fact(row); }
  void add_bodies(store::Table table, const store::EntryView& row,
                  std::vector<store::BodyRef>& held) override {
    ++count;
    rows_.add_bodies(table, row, held);
  }
  [[nodiscard]] bool all_read(const store::BodyRef& body, const keys::Owner* owner) const override {
    return rows_.all_read(body, owner);
  }

  int count = 0;

 private:
  blobs::HeldBodies rows_;
};

class GoOn final : public store::CheckGuide {
 public:
  bool go_on(std::uint64_t, const store::CheckPlace&) override { return true; }
};

TEST_F(CheckContent, WhatAnAccountWithoutKeysHeldSendsNobodyLooking) {
  const auto rows_looked_at = [&] {
    CountedRows rows(*world.data_keys);
    GoOn guide;
    store::CheckReport report;
    EXPECT_TRUE(world.store->check_holders(rows, {}, {}, guide, report));
    return rows.count;
  };
  const auto once = rows_looked_at();
  ASSERT_GT(once, 0);
  world.data_keys->forget_content("tester");
  EXPECT_EQ(rows_looked_at(), once) << "sums that nobody can tell are no reason to look at each body";
}

}  // namespace
}  // namespace vitrine::operations
