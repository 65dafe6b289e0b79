#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/encoding.h"
#include "base/file.h"
#include "keys/key_directory.h"

namespace vitrine::keys {
namespace {

constexpr Place kPlace{1, "place"};

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

TEST_F(Keys, AnAccountWhoseContentKeysWereDestroyedKeepsItsOwn) {
  KeyDirectory directory(*broker_);
  EXPECT_EQ(directory.of("city").error().code, Code::AccountNotFound);
  EXPECT_EQ(directory.any_of("city").error().code, Code::AccountNotFound);
  const std::vector<WrappedKey> keys{directory.make("city", kOwnKey).value(),
                                     directory.make("city", 1).value()};
  const auto open = [&](const char* account, std::size_t count) {
    return directory.open({account, Owner{}, std::span(keys).first(count)});
  };
  directory.put({{"city", open("city", 2).value()}});
  EXPECT_EQ(directory.of("city").value()->current().epoch(), 1u);
  EXPECT_FALSE(open("town", 2)) << "another account's keys";
  const auto sealed = directory.of("city").value()->seal({1, "place"}, "content");
  const auto own = directory.of("city").value()->seal_own({1, "place"}, "own");
  directory.put({{"city", open("city", 1).value()}});
  EXPECT_EQ(directory.of("city").error().code, Code::ContentDestroyed);
  const auto left = directory.any_of("city").value();
  EXPECT_EQ(left->open({1, "place"}, own).value(), "own");
  EXPECT_EQ(left->open({1, "place"}, sealed).error().code, Code::ContentDestroyed);
}

TEST_F(Keys, ContentIsForgottenWithoutAskingTheHolderOfTheOperatorsKey) {
  KeyDirectory directory(*broker_);
  const std::vector<WrappedKey> wrapped{directory.make("city", kOwnKey).value(),
                                        directory.make("city", 1).value()};
  directory.put({{"city", directory.open({"city", Owner{}, wrapped}).value()}});
  ASSERT_TRUE(directory.of("city"));
  const auto sealed = directory.of("city").value()->seal_own(kPlace, "own");
  broker_.reset();
  directory.forget_content("city");
  directory.forget_content("town");
  EXPECT_EQ(directory.of("city").error().code, Code::ContentDestroyed);
  EXPECT_EQ(directory.any_of("city").value()->open(kPlace, sealed).value(), "own");
}

TEST_F(Keys, ARotationKeepsBothKeysUntilItEnds) {
  const auto before = broker_->wrap({"city", 1}, repeated(5)).value();
  EXPECT_FALSE(broker_->is_rotating());
  ASSERT_TRUE(broker_->begin_rotation());
  EXPECT_TRUE(broker_->is_rotating());
  const auto after = broker_->wrap({"city", 1}, repeated(5)).value();
  // As after a crash in between: the rotation goes on with the same new key.
  broker_ = open_or_create_key_file(file()).value();
  EXPECT_TRUE(broker_->is_rotating());
  for (const auto& wrapped : {before, after})
    EXPECT_EQ(broker_->unwrap({"city", 1}, wrapped).value(), repeated(5));
  ASSERT_TRUE(broker_->begin_rotation());
  EXPECT_EQ(broker_->unwrap({"city", 1}, before).value(), repeated(5));
  ASSERT_TRUE(broker_->end_rotation());
  for (int round = 0; round < 2; ++round) {
    EXPECT_FALSE(broker_->is_rotating());
    EXPECT_EQ(broker_->unwrap({"city", 1}, after).value(), repeated(5));
    EXPECT_EQ(broker_->unwrap({"city", 1}, before).error().code, Code::Corrupt);
    broker_ = open_or_create_key_file(file()).value();
  }
  EXPECT_EQ(fs::status(file()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(Keys, OneRotationAtATime) {
  KeyDirectory directory(*broker_);
  {
    auto first = directory.begin_rotation();
    ASSERT_TRUE(first);
    EXPECT_EQ(directory.begin_rotation().error().code, Code::ServerBusy);
  }
  auto second = directory.begin_rotation();
  ASSERT_TRUE(second) << "one that was given up is gone on with";
  EXPECT_TRUE(second->end());
  EXPECT_FALSE(broker_->is_rotating());
}

class Command : public Keys {
 protected:
  /// A program of these lines of shell; "$line" is what it was asked.
  std::unique_ptr<KeyBroker> command(const std::string& script) {
    const auto program = folder_ / "keys.sh";
    EXPECT_TRUE(replace_file(program, as_bytes("#!/bin/sh\n" + script)));
    fs::permissions(program, fs::perms::owner_all);
    return open_key_command(program, file()).value();
  }
};

TEST_F(Command, WrapsAndUnwraps) {
  // Its wrapping is none at all: it answers with the key that it was given.
  const auto broker = command(
      "while read -r line; do echo \"$line\" >> \"$0.asked\"\n"
      "echo \"$line\" | sed 's/.*\"key\":\"\\([^\"]*\\)\".*/{\"key\":\"\\1\"}/'; done\n");
  const auto wrapped = broker->wrap({"city", 2}, repeated(5)).value();
  EXPECT_EQ(wrapped, Bytes(32, 5));
  EXPECT_EQ(broker->unwrap({"city", 2}, wrapped).value(), repeated(5));
  EXPECT_EQ(broker->unwrap({"city", 2}, Bytes(31, 5)).error().code, Code::Corrupt);
  const auto asked = read_file(folder_ / "keys.sh.asked").value();
  EXPECT_TRUE(asked.starts_with(R"({"operation":"wrap","account":"city","epoch":2,"key":"BQUF)")) << asked;
  EXPECT_NE(asked.find(R"({"operation":"unwrap","account":"city","epoch":2,"key":"BQUF)"), std::string::npos);
}

TEST_F(Command, WhatItRefusesOrGarblesIsTold) {
  struct Row {
    const char* script;
    const char* told;
  };
  for (const auto& [script, told] : {
           Row{"read line; echo '{\"error\":\"the token is missing\"}'", "the token is missing"},
           Row{"read line; echo gibberish", "not a line of JSON"},
           Row{"read line; echo '{\"key\":7}'", "not a line of JSON"},
           Row{"read line; echo '{\"key\":\"\"}'", "not a line of JSON"},
           Row{"read line", "ended without an answer"},
           Row{"exit 3", ""},
           Row{"read line; yes | tr -d '\\n'", "too long"},
       }) {
    const auto broker = command(script);
    const auto wrapped = broker->wrap({"city", 1}, repeated(5));
    ASSERT_FALSE(wrapped) << script;
    EXPECT_EQ(wrapped.error().code, Code::Unavailable) << script;
    EXPECT_NE(wrapped.error().message.find(told), std::string::npos) << wrapped.error().message;
  }
  EXPECT_EQ(
      open_key_command(folder_ / "nothing", file()).value()->wrap({"city", 1}, repeated(5)).error().code,
      Code::Unavailable);
}

TEST_F(Command, OneThatEndedIsStartedAgain) {
  const auto broker = command("read line; echo '{\"key\":\"QUJD\"}'\n");
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(broker->wrap({"city", 1}, repeated(5)).value(), to_bytes(as_bytes("ABC")));
}

TEST_F(Command, TakesOverFromAKeyFile) {
  const auto by_file = broker_->wrap({"city", 1}, repeated(5)).value();
  const auto broker = command("read line; echo '{\"error\":\"unknown\"}'\n");
  EXPECT_TRUE(broker->is_rotating());
  EXPECT_EQ(broker->unwrap({"city", 1}, by_file).value(), repeated(5));
  ASSERT_TRUE(broker->begin_rotation());
  ASSERT_TRUE(broker->end_rotation());
  EXPECT_FALSE(broker->is_rotating());
  EXPECT_FALSE(fs::exists(file()));
  EXPECT_EQ(broker->unwrap({"city", 1}, by_file).error().code, Code::Unavailable);
}

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
  EXPECT_EQ(before.open(kPlace, young).error().code, Code::ContentDestroyed);
  EXPECT_EQ(after.current().epoch(), 2u);
}

// The golden bytes of docs/formats/keys.md.
TEST(DataKeys, DerivationIsAsDocumented) {
  DataKey key(1, repeated(1), Owner{});
  EXPECT_EQ(to_hex(key.segment_key(Bytes(32, 0))),
            "a28f8c1afaea0c5bcbc4656d981177dc83eae78c88f664512eabe59bc24ad27c");
}

TEST(DataKeys, AUserDelegationKeyIsDerivedFromTheAccountsOwnKey) {
  constexpr std::string_view kTerms = "o\nt\n1767225600\n1767312000\nb\n2026-10-06\n";
  constexpr std::string_view kGolden = "c45315e205a52f80749699e43e5ca15bfaa28fd4c1c614b941f301320f0b22b2";
  const DataKeys before({{kOwnKey, repeated(1), Owner{}}, {1, repeated(2), Owner{}}});
  const DataKeys after(
      {{kOwnKey, repeated(1), Owner{}}, {1, repeated(2), Owner{}}, {2, repeated(3), Owner{}}});
  EXPECT_EQ(to_hex(before.delegation_key(as_bytes(kTerms))), kGolden);
  EXPECT_EQ(to_hex(after.delegation_key(as_bytes(kTerms))), kGolden) << "it stays through the epochs";
  EXPECT_NE(to_hex(before.delegation_key(as_bytes("other"))), kGolden);
}

TEST(DataKeys, AValueSealedElsewhereOpens) {
  using namespace std::string_view_literals;
  const auto sealed = from_hex(
                          "00000003000102030405060708090a0b0c0d0e0f1011121314151617"
                          "e8c52fd49dc964356f68025f7523ad2784c37291994d78")
                          .value();
  Owner owner;
  owner.fill(2);
  const DataKeys keys({{3, repeated(1), owner}});
  EXPECT_EQ(keys.open({1, "row\0key"sv}, as_text(sealed)).value(), "a value");
}

TEST_F(Keys, AKeyWrappedElsewhereUnwraps) {
  const auto wrapped = from_hex(
                           "000102030405060708090a0b0c0d0e0f1011121314151617"
                           "be2d37e5af78ed9652e25dbb43b363d40e0c3fd852689a838efb0476fd36cb3a"
                           "1d34fb938e347ba627c856ed041777fc")
                           .value();
  ASSERT_TRUE(replace_file(file(), as_bytes(to_hex(repeated(7)) + "\n")));
  EXPECT_EQ(open_or_create_key_file(file()).value()->unwrap({"tester", 2}, wrapped).value(), repeated(1));
}

}  // namespace
}  // namespace vitrine::keys
