#include "operations/operator_key.h"

#include "base/file.h"
#include "operations/test_world.h"
#include "store/store_test_peer.h"

namespace vitrine::operations {
namespace {

class OperatorKey : public testing::Test {
 protected:
  Result<OperatorKeyRotation> rotate() {
    auto own = operator_exchange(*world.floors, world.account(), "rotate", "127.0.0.1");
    return world.run(rotate_operator_key(*world.floors, world.accounts, own));
  }
  Result<identity::Account> create(const std::string& name) {
    CreateAccount request{.name = *identity::AccountName::parse(name),
                          .organisation = *identity::OrganisationId::parse("city"),
                          .keys = {}};
    auto own = operator_exchange(*world.floors, world.account(), "create", "127.0.0.1");
    return world.run(create_account(*world.floors, world.accounts, own, std::move(request)));
  }
  [[nodiscard]] std::string key_file() const { return read_file(world.directory() / "operator.key").value(); }
  void expect_served() {
    auto own = world.request();
    EXPECT_TRUE(world.run(get_container_properties(*world.floors, own, {world.container("box")})));
  }

  void SetUp() override {
    auto own = world.request();
    ASSERT_TRUE(world.run(create_container(*world.floors, own, {world.container("box"), {}})));
  }
  TestWorld world{"operator_key"};
};

TEST_F(OperatorKey, EveryDataKeyIsWrappedAnewAndTheKeyBeforeForgotten) {
  const auto before = key_file();
  const auto wrapped = create("second").value().data_keys;
  for (const auto& key : wrapped) EXPECT_TRUE(world.is_on_disk(key.wrapped));
  const auto done = rotate();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(done->accounts, world.accounts.all().size());
  EXPECT_EQ(done->keys, 2 * done->accounts);
  EXPECT_TRUE(done->erased_on_disk);
  for (const auto& key : wrapped) EXPECT_FALSE(world.is_on_disk(key.wrapped));
  EXPECT_EQ(key_file().size(), before.size());
  EXPECT_NE(key_file(), before);
  for (int round = 0; round < 2; ++round) {
    expect_served();
    EXPECT_TRUE(world.floors->keys.of("second"));
    world.reopen();
  }
}

TEST_F(OperatorKey, BeginningAndEveryAccountAreOnRecord) {
  ASSERT_TRUE(rotate());
  const auto records = world.records();
  ASSERT_GE(records.size(), 2u);
  EXPECT_EQ(records[records.size() - 2].what.action, "operator-key.rotate");
  EXPECT_EQ(records.back().what.action, "account.rewrap-data-keys");
}

TEST_F(OperatorKey, OneThatWasCutOffIsGoneOnWith) {
  const auto before = key_file();
  ASSERT_TRUE(world.broker->begin_rotation());
  const auto between = key_file();
  ASSERT_EQ(between.size(), 2 * before.size());
  const auto account = create("between").value();
  world.reopen();
  expect_served();
  EXPECT_TRUE(world.floors->keys.of("between"));
  ASSERT_TRUE(rotate());
  EXPECT_EQ(key_file(), between.substr(0, before.size())) << "the key that was begun with stays";
  world.reopen();
  expect_served();
  EXPECT_TRUE(world.floors->keys.of("between"));
}

/// Begins a rotation right after the first data key was wrapped, as another request may.
class OvertakenBroker final : public keys::KeyBroker {
 public:
  OvertakenBroker(keys::KeyBroker& broker, store::Store& store) : broker_(broker), store_(store) {}

  Result<Bytes> wrap(keys::KeyPurpose purpose, const crypto::Aes256Key& key) override {
    auto wrapped = broker_.wrap(purpose, key);
    if (!std::exchange(is_overtaken_, true)) {
      EXPECT_TRUE(broker_.begin_rotation());
      EXPECT_TRUE(store::commit(store_, {.writes = {{operator_key_row(), "rotated"}}}));
    }
    return wrapped;
  }
  Result<crypto::Aes256Key> unwrap(keys::KeyPurpose purpose, ConstBytes wrapped) override {
    return broker_.unwrap(purpose, wrapped);
  }
  Result<void> begin_rotation() override { return broker_.begin_rotation(); }
  Result<void> end_rotation() override { return broker_.end_rotation(); }
  bool is_rotating() const override { return broker_.is_rotating(); }

 private:
  keys::KeyBroker& broker_;
  store::Store& store_;
  bool is_overtaken_ = false;
};

TEST_F(OperatorKey, AnAccountThatARotationOvertakesIsWrappedUnderTheNewKey) {
  OvertakenBroker broker(*world.broker, *world.store);
  keys::KeyDirectory keys(broker);
  ASSERT_TRUE(world.accounts.load(*world.store, keys));
  const Floors floors{*world.store, *world.gate,  *world.ledger, system_clock(),
                      keys,         *world.heads, world.turns};
  CreateAccount request{.name = *identity::AccountName::parse("overtaken"),
                        .organisation = *identity::OrganisationId::parse("city"),
                        .keys = {}};
  auto own = operator_exchange(floors, world.account(), "create", "127.0.0.1");
  const auto account = world.run(create_account(floors, world.accounts, own, std::move(request)));
  ASSERT_TRUE(account) << account.error().message;
  ASSERT_TRUE(world.broker->end_rotation());
  EXPECT_TRUE(keys.open(identity::keys_of(*account))) << "only the new operator's key is left";
}

/// Nobody who holds the operator's key can be reached.
class AbsentBroker final : public keys::KeyBroker {
 public:
  Result<Bytes> wrap(keys::KeyPurpose, const crypto::Aes256Key&) override { return absent(); }
  Result<crypto::Aes256Key> unwrap(keys::KeyPurpose, ConstBytes) override { return absent(); }
  Result<void> begin_rotation() override { return absent(); }
  Result<void> end_rotation() override { return absent(); }
  bool is_rotating() const override { return false; }

 private:
  static std::unexpected<Error> absent() { return fail(Code::Unavailable, "The vault is sealed."); }
};

TEST_F(OperatorKey, AccountsAreLoadedAgainWithoutItsHolder) {
  AbsentBroker broker;
  keys::KeyDirectory keys(broker);
  identity::AccountDirectory stranger;
  EXPECT_FALSE(stranger.load(*world.store, keys));
  keys.put({{"tester", world.data_keys->any_of("tester").value()}});
  EXPECT_TRUE(world.accounts.load(*world.store, keys)) << "as after a failure of the disk";
}

}  // namespace
}  // namespace vitrine::operations
