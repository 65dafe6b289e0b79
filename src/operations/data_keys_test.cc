#include "operations/data_keys.h"

#include <algorithm>

#include "operations/test_world.h"

namespace vitrine::operations {
namespace {

class DataKeys : public testing::Test {
 protected:
  void SetUp() override {
    auto own = world.request();
    ASSERT_TRUE(world.run(create_container(*world.floors, own, {world.container("box"), {}})));
  }

  Result<PutAnswer> put(const std::string& name, const std::string& text) {
    auto own = world.request();
    TextInput body(text);
    PutBlob request{.blob = world.blob("box", name), .conditions = {}, .length = text.size()};
    return world.run(put_blob(*world.floors, own, request, body));
  }

  Result<std::string> get(const std::string& name) {
    auto own = world.request();
    auto request = GetBlob{.blob = world.blob("box", name), .range = {}, .conditions = {}};
    auto read = [&]() -> Task<Result<std::string>> {
      auto answer = CO_TRY(co_await get_blob(*world.floors, own, request));
      co_return co_await read_all(answer.body);
    };
    return world.run(read());
  }

  Result<identity::Account> rotate() {
    auto own = operator_exchange(*world.floors, world.account(), "rotate", "127.0.0.1");
    return world.run(rotate_data_key(*world.floors, world.accounts, own, world.account().name));
  }

  Result<Destroyed> destroy() {
    auto own = operator_exchange(*world.floors, world.account(), "destroy", "127.0.0.1");
    return world.run(destroy_data_keys(*world.floors, world.accounts, own, world.account().name));
  }

  TestWorld world{"data_keys"};
  const std::string small = "small", large = std::string(300'000, 'l');
};

TEST_F(DataKeys, AnEpochIsForWhatIsWrittenFromThenOn) {
  ASSERT_TRUE(put("small-1", small) && put("large-1", large));
  auto account = rotate();
  ASSERT_TRUE(account) << account.error().message;
  ASSERT_EQ(account->data_keys.size(), 3u) << "its own and two epochs";
  EXPECT_EQ(world.floors->keys.of("tester").value()->current().epoch(), 2u);
  EXPECT_EQ(world.records().back().what.action, "account.rotate-data-key");
  ASSERT_TRUE(put("small-2", small) && put("large-2", large));
  for (int round = 0; round < 2; ++round) {
    for (auto* epoch : {"1", "2"}) {
      EXPECT_EQ(get(std::string("small-") + epoch).value(), small);
      EXPECT_EQ(get(std::string("large-") + epoch).value(), large);
    }
    world.reopen();
  }
  EXPECT_EQ(world.account().data_keys.size(), 3u);
}

TEST_F(DataKeys, TwoEpochsBegunAtOnceAreTwo) {
  auto first = operator_exchange(*world.floors, world.account(), "one", "127.0.0.1");
  auto second = operator_exchange(*world.floors, world.account(), "two", "127.0.0.1");
  const auto name = world.account().name;
  world.run_together(rotate_data_key(*world.floors, world.accounts, first, name),
                     rotate_data_key(*world.floors, world.accounts, second, name));
  EXPECT_EQ(world.accounts.find("tester")->account().data_keys.size(), 4u);
  EXPECT_EQ(world.floors->keys.of("tester").value()->current().epoch(), 3u);
}

TEST_F(DataKeys, WhatIsDestroyedIsGoneFromMemoryAndFilesAndNothingElseIs) {
  ASSERT_TRUE(put("small", small) && put("large", large));
  const auto rotated = rotate().value();
  for (const auto& key : rotated.data_keys) EXPECT_TRUE(world.is_on_disk(key.wrapped));
  const auto before = world.records().size();
  auto destroyed = destroy();
  ASSERT_TRUE(destroyed) << destroyed.error().message;
  EXPECT_EQ(destroyed->epochs, 2u);
  EXPECT_TRUE(destroyed->erased_on_disk);
  for (const auto& key : rotated.data_keys)
    EXPECT_EQ(world.is_on_disk(key.wrapped), key.epoch == keys::kOwnKey);
  EXPECT_EQ(destroyed->account.keys, rotated.keys) << "access keys stay";
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(get("small").error().code, Code::ContentDestroyed);
    EXPECT_EQ(put("more", small).error().code, Code::ContentDestroyed);
    ASSERT_EQ(world.records().size(), before + 1);
    EXPECT_EQ(world.records().back().what.action, "account.destroy-data-keys");
    world.reopen();
  }
  EXPECT_EQ(destroy().error().code, Code::ContentDestroyed);
  EXPECT_EQ(rotate().error().code, Code::ContentDestroyed);
}

TEST_F(DataKeys, HeadsThatWereReadAreForgottenWithTheKeys) {
  ASSERT_TRUE(put("small", small));
  const auto keys = world.data_keys->of("tester").value();
  const auto look = [&] {
    auto heads = world.heads->of(world.account().name).value();
    return heads.container(world.account().name, world.container("box").container).value().head != nullptr;
  };
  EXPECT_TRUE(look());
  const auto reads = world.heads->reads();
  EXPECT_TRUE(look());
  EXPECT_EQ(world.heads->reads(), reads) << "it was kept";
  ASSERT_TRUE(destroy());
  world.data_keys->put({{"tester", keys}});  // only so that one can look
  EXPECT_TRUE(look());
  EXPECT_EQ(world.heads->reads(), reads + 1);
}

TEST_F(DataKeys, TheServersOwnAccountKeepsItsKeys) {
  const auto system = *identity::AccountName::parse(identity::kSystemAccount);
  auto own = operator_exchange(*world.floors, world.account(), "destroy", "127.0.0.1");
  EXPECT_EQ(world.run(destroy_data_keys(*world.floors, world.accounts, own, system)).error().code,
            Code::InvalidInput);
}

}  // namespace
}  // namespace vitrine::operations
