#include "store/database.h"

#include <gtest/gtest.h>

#include <array>
#include <future>
#include <set>
#include <thread>

#include "store/encoding.h"
#include "store/memory_disk.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

constexpr Database::Sizes kSizes{1 << 20, 1 << 20};

void put(Database& database, std::string_view key, std::string_view value) {
  const auto batch = database.new_batch();
  batch->put(Family::Bodies, key, {value});
  ASSERT_TRUE(database.write(*batch));
}

std::string value_of(const Pinned& pinned) {
  return std::string(as_text(pinned.bytes()));
}

TEST(Database, APinnedValueOutlivesAReopening) {
  ScratchDirectory scratch;
  auto database = *Database::open(posix_file_layer(), scratch.path() / "metadata", kSizes);
  const std::string value(20'000, 'v');
  put(*database, "key", value);
  const auto of_memtable = *database->get(Family::Bodies, "key");
  ASSERT_TRUE(database->reopen());
  const auto of_file = *database->get(Family::Bodies, "key");
  ASSERT_TRUE(database->reopen());
  for (int i = 0; i < 200; ++i) put(*database, std::to_string(i), std::string(20'000, 'w'));
  EXPECT_EQ(value_of(of_memtable), value);
  EXPECT_EQ(value_of(of_file), value);
  EXPECT_EQ(value_of(*database->get(Family::Bodies, "key")), value);
}

/// RocksDB aborts when there is no room for them.
TEST(Database, MessagesTakeNoRoomOnItsDisk) {
  ScratchDirectory scratch;
  auto database = *Database::open(posix_file_layer(), scratch.path() / "metadata", kSizes);
  put(*database, "key", "value");
  EXPECT_FALSE(std::filesystem::exists(scratch.path() / "metadata/LOG"));
}

TEST(Database, ACursorEndsWithUnavailableWhenTheDatabaseIsReopened) {
  ScratchDirectory scratch;
  auto database = *Database::open(posix_file_layer(), scratch.path() / "metadata", kSizes);
  for (const auto* key : {"a", "b", "c"}) put(*database, key, "value");
  const auto cursor = database->cursor(Family::Bodies, {}, {});
  cursor->seek({});
  ASSERT_TRUE(cursor->valid());
  std::thread reopening([&] { EXPECT_TRUE(database->reopen()); });
  while (cursor->valid()) {
    EXPECT_EQ(cursor->value(), "value") << "it stays as it is until it is moved";
    cursor->seek("b");
  }
  reopening.join();
  ASSERT_FALSE(cursor->status());
  EXPECT_EQ(cursor->status().error().code, Code::Unavailable);
  EXPECT_TRUE(database->get(Family::Bodies, "a")->found());
}

TEST(Database, ARestingCursorDoesNotKeepItFromBeingReopened) {
  ScratchDirectory scratch;
  auto database = *Database::open(posix_file_layer(), scratch.path() / "metadata", kSizes);
  for (const auto* key : {"a", "b", "c"}) put(*database, key, "value");
  const auto kept = database->cursor(Family::Bodies, {}, {}),
             woken = database->cursor(Family::Bodies, {}, {});
  for (auto* cursor : {kept.get(), woken.get()}) {
    cursor->seek({});
    cursor->rest();
  }
  woken->next();
  EXPECT_EQ(woken->key(), "b") << "it goes on where it was";
  woken->rest();
  ASSERT_TRUE(database->reopen());
  woken->seek({});
  EXPECT_FALSE(woken->valid());
  EXPECT_EQ(woken->status().error().code, Code::Unavailable);
}

/// Each batch has the same number in two families.
TEST(Database, CursorsSeeOneMoment) {
  constexpr std::array kBoth{Family::Bodies, Family::Counters};
  MemoryDisk disk;
  auto database = *Database::open(disk, "/metadata", kSizes);
  std::atomic<bool> done = false;
  std::jthread writer([&] {
    for (std::uint64_t number = 1; !done; ++number) {
      const auto batch = database->new_batch();
      for (auto family : kBoth) batch->put(family, "number", {as_text(store_integer(number))});
      EXPECT_TRUE(database->write(*batch));
    }
  });
  std::set<std::string> seen;
  for (int i = 0; i < 20'000; ++i) {
    const auto cursors = *database->cursors(kBoth);
    for (const auto& cursor : cursors) cursor->seek({});
    ASSERT_EQ(cursors[0]->valid(), cursors[1]->valid());
    if (!cursors[0]->valid()) continue;
    ASSERT_EQ(cursors[0]->value(), cursors[1]->value());
    seen.emplace(cursors[0]->value());
  }
  done = true;
  EXPECT_GT(seen.size(), 10u);
}

TEST(Database, CursorsThatRestDoNotKeepItFromBeingReopened) {
  constexpr std::array kBoth{Family::Bodies, Family::Counters};
  ScratchDirectory scratch;
  auto database = *Database::open(posix_file_layer(), scratch.path() / "metadata", kSizes);
  const auto cursors = *database->cursors(kBoth);
  ASSERT_TRUE(database->reopen());
  cursors[0]->seek({});
  EXPECT_EQ(cursors[0]->status().error().code, Code::Unavailable);
}

TEST(Database, ManyReadersDoNotKeepItFromBeingReopened) {
  constexpr int kReaders = 16;
  ScratchDirectory scratch;
  auto database = *Database::open(posix_file_layer(), scratch.path() / "metadata", kSizes);
  put(*database, "key", "value");
  std::atomic<bool> stop = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i)
    readers.emplace_back([&] {
      while (!stop) {
        const auto found = database->get(Family::Bodies, "key");
        EXPECT_TRUE(found ? found->found() : found.error().code == Code::Unavailable);
      }
    });
  auto reopened = std::async(std::launch::async, [&] { return database->reopen(); });
  const bool ended = reopened.wait_for(std::chrono::seconds(30)) == std::future_status::ready;
  EXPECT_TRUE(ended) << "the readers never let it";
  stop = true;
  for (auto& reader : readers) reader.join();
  EXPECT_TRUE(reopened.get());
}

}  // namespace
}  // namespace vitrine::store
