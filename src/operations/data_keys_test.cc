#include "operations/data_keys.h"

#include <algorithm>

#include "operations/test_world.h"
#include "store/passing_files.h"

namespace vitrine::operations {
namespace {

/// Holds the operator's key and does not answer.
class NobodyHoldsKeys final : public keys::KeyBroker {
 public:
  Result<Bytes> wrap(keys::KeyPurpose, const crypto::Aes256Key&) override { return gone(); }
  Result<crypto::Aes256Key> unwrap(keys::KeyPurpose, ConstBytes) override { return gone(); }
  Result<void> begin_rotation() override { return gone(); }
  Result<void> end_rotation() override { return gone(); }
  [[nodiscard]] bool is_rotating() const override { return false; }

 private:
  static std::unexpected<Error> gone() { return fail(Code::Unavailable, "Nobody answers."); }
};

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

  void expect_gone_with_another_call(const Bytes& wrapped) {
    const auto before = world.records().size();
    const auto again = destroy();
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_FALSE(again->left_on_disk) << again->left_on_disk->message;
    EXPECT_EQ(again->epochs, 0u) << "the keys themselves were destroyed before";
    EXPECT_FALSE(world.is_on_disk(wrapped));
    ASSERT_EQ(world.records().size(), before + 1);
    EXPECT_EQ(world.records().back().what.action, "account.destroy-data-keys");
  }
  bool destroy_another_account() {
    const auto name = *identity::AccountName::parse("another");
    CreateAccount request{.name = name, .organisation = *identity::OrganisationId::parse("city"), .keys = {}};
    auto own = operator_exchange(*world.floors, world.account(), "create", "127.0.0.1");
    if (!world.run(create_account(*world.floors, world.accounts, own, std::move(request)))) return false;
    own = operator_exchange(*world.floors, world.account(), "destroy", "127.0.0.1");
    return world.run(destroy_data_keys(*world.floors, world.accounts, own, name)).has_value();
  }
  /// As a copy whose removal failed.
  void write_elsewhere(const std::string& directory, const Bytes& bytes) {
    std::filesystem::create_directory(world.directory() / directory);
    std::ofstream(world.directory() / directory / "000001.sst") << as_text(bytes);
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
  EXPECT_FALSE(destroyed->left_on_disk) << destroyed->left_on_disk->message;
  for (const auto& key : rotated.data_keys)
    if (key.epoch != keys::kOwnKey) EXPECT_FALSE(world.is_on_disk(key.wrapped));
  EXPECT_EQ(destroyed->account.keys, rotated.keys) << "access keys stay";
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(get("small").error().code, Code::ContentDestroyed);
    EXPECT_EQ(put("more", small).error().code, Code::ContentDestroyed);
    ASSERT_EQ(world.records().size(), before + 1);
    EXPECT_EQ(world.records().back().what.action, "account.destroy-data-keys");
    world.reopen();
  }
  // Tables may be compressed by now, so the key that stays is read back, not looked for.
  EXPECT_EQ(world.accounts.find("tester")->account().data_keys, std::vector{rotated.data_keys.front()});
  EXPECT_EQ(rotate().error().code, Code::ContentDestroyed);
}

TEST_F(DataKeys, WhatABackupKeepsIsToldAndTakenUpLater) {
  const auto wrapped = world.account().data_keys.back().wrapped;
  auto frozen = world.store->freeze().value();
  auto first = destroy().value();
  ASSERT_TRUE(first.left_on_disk);
  EXPECT_TRUE(first.left_on_disk->message.contains("backup")) << first.left_on_disk->message;
  // Tables may be compressed, so the bytes are not looked for.
  const auto row = frozen->look_up(identity::account_key(world.account().name)).value();
  EXPECT_EQ(identity::decode_account_row(row.value)->account.data_keys.back().wrapped, wrapped);
  frozen.reset();
  expect_gone_with_another_call(wrapped);
}

TEST_F(DataKeys, ACopyThatWasLeftBehindGoesToo) {
  const auto wrapped = world.account().data_keys.back().wrapped;
  write_elsewhere("frozen", wrapped);
  write_elsewhere("frozen.tmp", wrapped);
  ASSERT_TRUE(world.is_on_disk(wrapped));
  EXPECT_FALSE(destroy().value().left_on_disk);
  EXPECT_FALSE(world.is_on_disk(wrapped));
}

TEST_F(DataKeys, WhatALongReadKeepsIsTold) {
  ASSERT_TRUE(destroy_another_account()) << "so that there are tables";
  auto scanner = world.store->scanner(store::Table::State, "", "").value();
  ASSERT_TRUE(scanner.next());
  const auto first = destroy().value();
  ASSERT_TRUE(first.left_on_disk);
  EXPECT_TRUE(first.left_on_disk->message.contains("read that began before")) << first.left_on_disk->message;
}

TEST_F(DataKeys, TheHolderOfTheOperatorsKeyIsNotNeeded) {
  ASSERT_TRUE(put("small", small));
  NobodyHoldsKeys nobody;
  keys::KeyDirectory keys(nobody);
  keys.put({{"tester", world.data_keys->of("tester").value()}});
  const Floors floors{*world.store, *world.gate,  *world.ledger, system_clock(),
                      keys,         *world.heads, world.turns};
  const auto name = world.account().name;
  auto own = operator_exchange(floors, world.account(), "rotate", "127.0.0.1");
  EXPECT_EQ(world.run(rotate_data_key(floors, world.accounts, own, name)).error().code, Code::Unavailable);
  const auto wrapped = world.account().data_keys.back().wrapped;
  own = operator_exchange(floors, world.account(), "destroy", "127.0.0.1");
  const auto destroyed = world.run(destroy_data_keys(floors, world.accounts, own, name));
  ASSERT_TRUE(destroyed) << destroyed.error().message;
  EXPECT_FALSE(destroyed->left_on_disk);
  EXPECT_FALSE(world.is_on_disk(wrapped));
  EXPECT_EQ(keys.of("tester").error().code, Code::ContentDestroyed);
  world.reopen();
  EXPECT_EQ(get("small").error().code, Code::ContentDestroyed);
}

/// A disk that removes no file of the metadata as long as it is stuck.
struct Stuck {
  bool is_stuck = false;
};
class PlainFile final : public store::PassingFile {
 public:
  PlainFile(std::unique_ptr<store::File> file, const std::filesystem::path&, Stuck&)
      : PassingFile(std::move(file)) {}
};
class StuckDisk final : public store::PassingFiles<PlainFile, Stuck> {
 public:
  explicit StuckDisk(std::string ending) : ending_(std::move(ending)) {}
  Result<void> remove(const std::filesystem::path& path) override {
    if (state.is_stuck && path.extension() == ending_) return fail(Code::DeviceFailed, "stuck");
    return PassingFiles::remove(path);
  }

 private:
  const std::string ending_;
};

struct OutlivingDisk {
  StuckDisk disk;
};
class OnAStuckDisk : protected OutlivingDisk,
                     public DataKeys,
                     public testing::WithParamInterface<const char*> {
 protected:
  OnAStuckDisk() : OutlivingDisk{StuckDisk(GetParam())} {}
};

TEST_P(OnAStuckDisk, AnotherCallTakesUpWhatIsLeft) {
  world.reopen(disk);
  ASSERT_TRUE(destroy_another_account()) << "so that there are tables and logs to be removed";
  const auto wrapped = rotate().value().data_keys.back().wrapped;
  ASSERT_TRUE(world.is_on_disk(wrapped)) << "in the log";
  disk.state.is_stuck = true;
  for (int i = 0; i < 2; ++i) {
    const auto failed = destroy();
    ASSERT_TRUE(failed) << failed.error().message;
    EXPECT_EQ(failed->epochs, i == 0 ? 2u : 0u);
    EXPECT_TRUE(failed->left_on_disk);
    if (std::string_view(GetParam()) == ".log") EXPECT_TRUE(world.is_on_disk(wrapped)) << "it is true";
  }
  disk.state.is_stuck = false;
  expect_gone_with_another_call(wrapped);
}

INSTANTIATE_TEST_SUITE_P(Files, OnAStuckDisk, testing::Values(".sst", ".log"));

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
