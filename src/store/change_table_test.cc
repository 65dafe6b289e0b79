#include "store/change_table.h"

#include <gtest/gtest.h>

#include <string>

namespace vitrine::store {
namespace {

TEST(ChangeTable, NeverMissesAChange) {
  ChangeTable table(10);
  for (Version version = 11; version < 200'000; ++version) {
    const auto hash = hash_of(Table::Heads, std::to_string(version % 1000));
    table.changed(hash, version);
    ASSERT_FALSE(table.unchanged_since(hash, version - 1));
    ASSERT_TRUE(table.unchanged_since(hash, version));
  }
}

TEST(ChangeTable, KnowsNothingOfTheTimeBeforeItWasOpened) {
  ChangeTable table(10);
  EXPECT_FALSE(table.unchanged_since(hash_of(Table::State, "k"), 9));
  EXPECT_TRUE(table.unchanged_since(hash_of(Table::State, "k"), 10));
}

TEST(ChangeTable, ForgetsWhenItIsReset) {
  ChangeTable table(10);
  table.changed(hash_of(Table::State, "lost"), 30);
  table.reset(20);
  EXPECT_TRUE(table.unchanged_since(hash_of(Table::State, "lost"), 20));
  EXPECT_FALSE(table.unchanged_since(hash_of(Table::State, "k"), 19));
}

TEST(ChangeTable, RarelyClaimsAChangeThatWasNone) {
  ChangeTable table(0);
  for (int i = 0; i < 1000; ++i) table.changed(hash_of(Table::Heads, "changed" + std::to_string(i)), 5);
  int claimed = 0;
  for (int i = 0; i < 10'000; ++i)
    claimed += table.unchanged_since(hash_of(Table::Heads, "other" + std::to_string(i)), 4) ? 0 : 1;
  EXPECT_LT(claimed, 10'000 / 30);
  EXPECT_NE(hash_of(Table::Heads, "k"), hash_of(Table::Rows, "k"));
}

}  // namespace
}  // namespace vitrine::store
