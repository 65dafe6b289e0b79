#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/encoding.h"
#include "base/file.h"
#include "keys/key_directory.h"

namespace vitrine::keys {
namespace {

namespace fs = std::filesystem;

class Keys : public testing::Test {
 protected:
  Keys() : folder_(fs::path(testing::TempDir()) / ("keys_test_" + std::to_string(::getpid()))) {
    fs::remove_all(folder_);
    broker_ = open_or_create_key_file(file()).value();
  }
  ~Keys() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path file() const { return folder_ / "operator.key"; }

  fs::path folder_;
  std::unique_ptr<KeyBroker> broker_;
};

crypto::Aes256Key repeated(std::uint8_t byte) {
  crypto::Aes256Key key;
  key.fill(byte);
  return key;
}

TEST_F(Keys, TheOperatorsKeyIsMadeOnceAndForItsOwnerOnly) {
  auto wrapped = broker_->wrap({"city", 1}, repeated(5)).value();
  auto again = open_or_create_key_file(file()).value();
  EXPECT_EQ(again->unwrap({"city", 1}, wrapped).value(), repeated(5));
  EXPECT_EQ(fs::status(file()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  ASSERT_TRUE(replace_file(file(), as_bytes("0123\n")));
  EXPECT_EQ(open_or_create_key_file(file()).error().code, Code::Corrupt);
}

TEST_F(Keys, AWrappedKeyOpensForItsPurposeOnly) {
  auto wrapped = broker_->wrap({"city", 1}, repeated(5)).value();
  EXPECT_EQ(broker_->unwrap({"town", 1}, wrapped).error().code, Code::Corrupt);
  EXPECT_EQ(broker_->unwrap({"city", 2}, wrapped).error().code, Code::Corrupt);
  wrapped.back() ^= 1;
  EXPECT_EQ(broker_->unwrap({"city", 1}, wrapped).error().code, Code::Corrupt);
  EXPECT_EQ(broker_->unwrap({"city", 1}, {}).error().code, Code::Corrupt);
}

TEST_F(Keys, AnAccountWithoutKeysCannotBeRead) {
  KeyDirectory directory(*broker_);
  EXPECT_EQ(directory.of("city").error().code, Code::Unavailable);
  auto key = directory.make("city", 1).value();
  auto replace = [&](const char* account, std::span<const WrappedKey> wrapped) {
    AccountKeys keys{account, Owner{}, wrapped};
    return directory.replace(std::span(&keys, 1));
  };
  ASSERT_TRUE(replace("city", std::span(&key, 1)));
  EXPECT_TRUE(directory.of("city"));
  EXPECT_FALSE(replace("town", std::span(&key, 1))) << "another account's key";
  ASSERT_TRUE(replace("city", {}));
  EXPECT_EQ(directory.of("city").error().code, Code::Unavailable);
}

constexpr Place kPlace{1, "place"};

TEST(DataKeys, AValueOpensInItsPlaceAndForItsOwnerOnly) {
  DataKeys keys({{1, repeated(1), Owner{7}}});
  auto sealed = keys.seal(kPlace, "value");
  EXPECT_EQ(keys.open(kPlace, sealed).value(), "value");
  EXPECT_NE(keys.seal(kPlace, "value"), sealed);
  EXPECT_EQ(keys.open({1, "elsewhere"}, sealed).error().code, Code::Corrupt);
  EXPECT_EQ(keys.open({2, "place"}, sealed).error().code, Code::Corrupt);
  EXPECT_EQ(DataKeys({{1, repeated(1), Owner{8}}}).open(kPlace, sealed).error().code, Code::Corrupt);
  for (std::size_t i = 4; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] ^= 1;
    EXPECT_EQ(keys.open(kPlace, changed).error().code, Code::Corrupt) << i;
    EXPECT_EQ(keys.open(kPlace, std::string_view(sealed).substr(0, i)).error().code, Code::Corrupt) << i;
  }
}

TEST(DataKeys, AValueOfAnySizeComesBack) {
  const DataKeys keys({{1, repeated(1), Owner{7}}});
  std::string again;
  for (std::size_t size = 0; size < 100; ++size) {
    const auto sealed = keys.seal(kPlace, std::string(size, 'v'));
    EXPECT_EQ(keys.open(kPlace, sealed).value(), std::string(size, 'v'));
    ASSERT_TRUE(keys.open(kPlace, sealed, again));
    EXPECT_EQ(again, std::string(size, 'v'));
  }
}

TEST(DataKeys, WhatAnEarlierEpochWroteStaysReadableUntilItsKeyIsDestroyed) {
  DataKeys before({{1, repeated(1), Owner{}}});
  DataKeys after({{1, repeated(1), Owner{}}, {2, repeated(2), Owner{}}});
  auto old = before.seal(kPlace, "old"), young = after.seal(kPlace, "young");
  EXPECT_EQ(after.open(kPlace, old).value(), "old");
  EXPECT_EQ(before.open(kPlace, young).error().code, Code::Unavailable);
  EXPECT_EQ(after.current().epoch(), 2u);
}

// The golden bytes of docs/formats/keys.md.
TEST(DataKeys, DerivationIsAsDocumented) {
  DataKey key(1, repeated(1), Owner{});
  EXPECT_EQ(to_hex(key.segment_key(Bytes(32, 0))),
            "a28f8c1afaea0c5bcbc4656d981177dc83eae78c88f664512eabe59bc24ad27c");
}

}  // namespace
}  // namespace vitrine::keys
