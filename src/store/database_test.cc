#include "store/database.h"

#include <gtest/gtest.h>

#include <thread>

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

}  // namespace
}  // namespace vitrine::store
