#include "identity/account.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "identity/emulator.h"
#include "identity/key_ring.h"
#include "identity/principal.h"

namespace vitrine::identity {
namespace {

AccessKey key(std::string_view name, Bytes secret) {
  return {*KeyName::parse(name),
          std::move(secret),
          *PurposeId::parse("archive"),
          {*PurposeId::parse("journalism")},
          from_micros(1'700'000'000'000'000)};
}

Account account() {
  Account out{*AccountName::parse("archive2026"), *OrganisationId::parse("city"), 7, {}, {}};
  out.journal.fill(0xab);
  out.log_salt.fill(0xcd);
  out.data_keys = {{keys::kOwnKey, Bytes(72, 0xee)}, {1, Bytes(72, 0xef)}};
  out.keys = {key("key1", Bytes(64, 1)), key("key2", Bytes(64, 2))};
  return out;
}

keys::DataKeys data_keys() {
  crypto::Aes256Key own{}, first{};
  own.fill(1);
  first.fill(2);
  return keys::DataKeys({{keys::kOwnKey, own, account().journal}, {1, first, account().journal}});
}

Result<Account> decode(std::string_view row) {
  return open_account(TRY(decode_account_row(row)), data_keys());
}

TEST(Account, SurvivesItsEncoding) {
  EXPECT_EQ(*decode(encode_account(account(), data_keys())), account());
}

TEST(Account, AKeyThatAsksForPromisesDoesSoAfterwards) {
  auto asking = account();
  asking.keys.back().asks_promises = true;
  EXPECT_EQ(*decode(encode_account(asking, data_keys())), asking);
  EXPECT_EQ(encode_account(asking, data_keys()).size(), encode_account(account(), data_keys()).size() + 1)
      << "one that does not is stored as keys were before there were promises";
  const auto principal = Principal::of_key(asking, asking.keys.back(), "127.0.0.1");
  EXPECT_TRUE(*principal.asked_promise(std::nullopt));
  EXPECT_FALSE(*principal.asked_promise("false"));
  EXPECT_FALSE(*Principal::of_key(asking, asking.keys.front(), "").asked_promise(std::nullopt));
  EXPECT_TRUE(*Principal::of_key(asking, asking.keys.front(), "").asked_promise("true"));
  EXPECT_TRUE(*Principal::of_account_sas(asking, asking.keys.back(), {}, "").asked_promise(std::nullopt));
  for (const auto* bad : {"", "True", "yes", "1"}) EXPECT_FALSE(principal.asked_promise(bad)) << bad;
}

// Made by another program after docs/formats/keys.md.
TEST(Account, ARowWrittenElsewhereIsRead) {
  const auto row = from_hex(
      "87016b61726368697665323032366463697479075820abababababababababababababababababababababababababab"
      "abababababab82820044eeeeeeee820144efefefef587c00000000000102030405060708090a0b0c0d0e0f1011121314"
      "1516170b64dcd19ad978996014b456b0eba66573d2ac05e20641f07df1acd631911cafe80f14206ceaeb5d829cccf681"
      "bca7ca8fbbfa812484af4a84a2abb065c9737a1ba6f298e0ad8c88a1542eb496e2ffb8a090019c319fd4a092c0322e37"
      "7a6c02");
  ASSERT_TRUE(row);
  auto expected = account();
  expected.keys = {key("key1", Bytes(8, 1))};
  expected.data_keys = {{keys::kOwnKey, Bytes(4, 0xee)}, {1, Bytes(4, 0xef)}};
  EXPECT_EQ(*decode(as_text(*row)), expected);
}

TEST(Account, EncodingIsStrict) {
  auto row = encode_account(account(), data_keys());
  for (std::size_t size = 0; size < row.size(); ++size) EXPECT_FALSE(decode(row.substr(0, size))) << size;
  for (std::size_t i = 0; i < row.size(); ++i) {
    auto changed = row;
    changed[i] ^= 1;
    const auto read = decode(changed);
    EXPECT_TRUE(!read || read->keys == account().keys) << "keys are read as they were or not at all";
  }
  EXPECT_EQ(decode(row + '\0').error().code, Code::Corrupt);
}

TEST(Account, ItsRowShowsNoSecret) {
  const auto row = encode_account(account(), data_keys());
  EXPECT_EQ(row.find(std::string(8, 1)), std::string::npos) << "an access key";
  EXPECT_EQ(row.find(std::string(8, '\xcd')), std::string::npos) << "the log salt";
  EXPECT_EQ(row.find("key1"), std::string::npos);
  const auto public_part = decode_account_row(row)->account;
  EXPECT_EQ(public_part.name, account().name);
  EXPECT_EQ(public_part.journal, account().journal);
  EXPECT_TRUE(public_part.keys.empty());
}

TEST(Account, ItsRowOpensUnderItsOwnNameOnly) {
  auto row = decode_account_row(encode_account(account(), data_keys())).value();
  row.account.name = *AccountName::parse("another");
  EXPECT_EQ(open_account(std::move(row), data_keys()).error().code, Code::Corrupt);
}

TEST(Account, TwoKeysOfOneNameAreDamage) {
  auto twice = account();
  twice.keys[1] = twice.keys[0];
  EXPECT_EQ(decode(encode_account(twice, data_keys())).error().code, Code::Corrupt);
}

TEST(Account, ARowNeedsItsOwnKeyAndEpochsInOrder) {
  for (const auto& epochs : std::vector<std::vector<keys::Epoch>>{{}, {1}, {0, 0}, {0, 2, 1}, {0, 1, 1}}) {
    auto wrong = account();
    wrong.data_keys.clear();
    for (const auto epoch : epochs) wrong.data_keys.push_back({epoch, Bytes(72, 0xee)});
    EXPECT_EQ(decode(encode_account(wrong, data_keys())).error().code, Code::Corrupt) << epochs.size();
  }
}

TEST(Account, AKeyActsForItsPurposesOnly) {
  auto bound = key("key1", {});
  EXPECT_TRUE(bound.allows(*PurposeId::parse("archive")));
  EXPECT_TRUE(bound.allows(*PurposeId::parse("journalism")));
  EXPECT_FALSE(bound.allows(*PurposeId::parse("publication")));
}

TEST(Account, ProductionRefusesGuessableKeys) {
  EXPECT_TRUE(check_fit_for_production(account()));
  struct Row {
    const char* what;
    std::vector<AccessKey> keys;
  };
  for (auto& [what, keys] : {Row{"no key", {}}, Row{"empty", {key("key1", {})}},
                             Row{"short", {key("key1", Bytes(64, 1)), key("key2", Bytes(31, 1))}},
                             Row{"published", {key("key1", *from_base64(kEmulatorKey))}}}) {
    auto unfit = account();
    unfit.keys = keys;
    EXPECT_EQ(check_fit_for_production(unfit).error().code, Code::InvalidInput) << what;
  }
}

TEST(KeyRing, FindsTheKeyThatSigned) {
  KeyRing ring(account());
  auto by_second = crypto::HmacKey(Bytes(64, 2)).sign(as_bytes("text"));
  ASSERT_NE(ring.find_signer("text", by_second), nullptr);
  EXPECT_EQ(ring.find_signer("text", by_second)->name.text(), "key2");
  EXPECT_EQ(ring.find_signer("Text", by_second), nullptr);
  EXPECT_EQ(ring.find_signer("text", ConstBytes(by_second).first(31)), nullptr);
}

TEST(ConfiguredAccounts, AreReadAsAzuriteReadsThem) {
  auto accounts = *parse_configured_accounts("one:a2V5MQ==;two:a2V5MQ==:a2V5Mg==;");
  ASSERT_EQ(accounts.size(), 2u);
  EXPECT_EQ(accounts[0].name.text(), "one");
  EXPECT_EQ(accounts[1].secrets,
            (std::vector<Bytes>{to_bytes(as_bytes("key1")), to_bytes(as_bytes("key2"))}));
  EXPECT_TRUE(parse_configured_accounts("")->empty());
}

TEST(ConfiguredAccounts, KeysAreReadAsEmulatorsReadThem) {
  for (auto [key, secret] : {std::pair{"a2V5MQ==", "key1"},
                             {"a2V5MQ", "key1"},
                             {"a2V5MR==", "key1"},
                             {"_-_-", "\xff\xef\xfe"},
                             {"testing_key", "\xb5\xeb-\x8a\x78\x3f\x91\xec"}}) {
    const auto accounts = parse_configured_accounts(std::string("one:") + key);
    ASSERT_TRUE(accounts) << key;
    EXPECT_EQ(accounts->front().secrets.front(), to_bytes(as_bytes(std::string_view(secret)))) << key;
  }
}

TEST(ConfiguredAccounts, ErrorsNameTheEntryAndNeverTheKey) {
  for (auto text : {"one", "one:", "one:secretsecret!",
                    "One:a2V5MQ==", "one:a2V5MQ==:a2V5MQ==:a2V5MQ==", "one:a2V5MQ==;one:a2V5MQ=="}) {
    auto accounts = parse_configured_accounts(text);
    ASSERT_FALSE(accounts) << text;
    EXPECT_EQ(accounts.error().message.find("secret"), std::string::npos);
  }
  EXPECT_NE(parse_configured_accounts("one:a2V5MQ==;two").error().message.find("entry 2"), std::string::npos);
}

TEST(Emulator, KnowsItsPublishedKey) {
  EXPECT_TRUE(is_well_known(*from_base64(kEmulatorKey)));
  EXPECT_FALSE(is_well_known(Bytes(64, 1)));
}

}  // namespace
}  // namespace vitrine::identity
