#include "identity/account_sas.h"

#include <gtest/gtest.h>

#include "identity/principal.h"
#include "identity/test_requests.h"

namespace vitrine::identity {
namespace {

const Timestamp kValidTime = *parse_iso8601("2026-06-01");
const SasUse kGoodUse{"168.1.5.65", true, kValidTime};

Pairs sdk_query(std::string_view name) {
  for (const auto& vector : read_vectors("account_sas.json"))
    if (vector.at("name").as_string() == name) return pairs_of(vector.at("query"));
  throw std::runtime_error("no such vector");
}

Result<const AccessKey*> verify(const Pairs& query, const SasUse& use = kGoodUse) {
  static const auto keys = emulator_key_ring();
  auto sas = TRY(parse_account_sas(views_of(query)));
  return verify_account_sas(sas, keys, use);
}

void set(Pairs& query, std::string_view name, std::string_view value) {
  std::erase_if(query, [&](auto& p) { return p.first == name; });
  query.emplace_back(name, value);
}

TEST(AccountSas, VerifiesWhatTheSdkSigns) {
  for (auto name : {"least", "everything", "scope", "public function"}) {
    auto signer = verify(sdk_query(name));
    ASSERT_TRUE(signer) << name << ": " << signer.error().message;
    EXPECT_EQ((*signer)->name.text(), "key2");
  }
}

TEST(AccountSas, EveryChangedParameterIsNoticed) {
  for (auto [name, value] : Pairs{{"sp", "rwdlacx"},
                                  {"ss", "bq"},
                                  {"srt", "s"},
                                  {"st", "2026-01-01T00:00:01Z"},
                                  {"se", "2027-01-01T00:00:00Z"},
                                  {"sip", "168.1.5.65"},
                                  {"spr", "https,http"},
                                  {"sv", "2026-10-07"},
                                  {"ses", "other"}}) {
    auto query = sdk_query("everything");
    set(query, name, value);
    auto signer = verify(query);
    ASSERT_FALSE(signer) << name;
    EXPECT_EQ(signer.error().code, Code::AuthenticationFailed) << name;
  }
}

TEST(AccountSas, MalformedParametersAreRefused) {
  for (auto [name, value] : Pairs{{"sv", ""},
                                  {"sv", "2014-02-14"},
                                  {"sv", "latest"},
                                  {"ss", ""},
                                  {"ss", "z"},
                                  {"srt", "x"},
                                  {"sp", ""},
                                  {"sp", "R"},
                                  {"se", ""},
                                  {"se", "tomorrow"},
                                  {"st", "yesterday"},
                                  {"sip", "::1"},
                                  {"sip", "2.2.2.2-1.1.1.1"},
                                  {"spr", "http"},
                                  {"sig", ""},
                                  {"sig", "AAAA"},
                                  {"sr", "b"},
                                  {"si", "policy"},
                                  {"skoid", "o"}}) {
    auto query = sdk_query("everything");
    set(query, name, value);
    auto sas = parse_account_sas(views_of(query));
    ASSERT_FALSE(sas) << name << "=" << value;
    EXPECT_EQ(sas.error().code, Code::AuthenticationFailed);
  }
}

TEST(AccountSas, ARepeatedParameterIsRefused) {
  for (auto [name, value] : sdk_query("everything")) {
    auto query = sdk_query("everything");
    query.emplace_back(name, value);
    EXPECT_FALSE(parse_account_sas(views_of(query))) << name;
    query.back().first.front() -= 'a' - 'A';
    EXPECT_FALSE(parse_account_sas(views_of(query))) << name << " in another case";
  }
}

TEST(AccountSas, TimeProtocolAndAddressAreEnforced) {
  struct Row {
    const char* what;
    SasUse use;
    Code code;
  };
  const Row rows[] = {
      {"too early", {"168.1.5.65", true, *parse_iso8601("2025-12-31T23:59:59Z")}, Code::AuthenticationFailed},
      {"just over", {"168.1.5.65", true, *parse_iso8601("2027-01-01")}, Code::AuthenticationFailed},
      {"plain http", {"168.1.5.65", false, kValidTime}, Code::AuthorizationProtocolMismatch},
      {"below", {"168.1.5.59", true, kValidTime}, Code::AuthorizationSourceIpMismatch},
      {"above", {"168.1.5.71", true, kValidTime}, Code::AuthorizationSourceIpMismatch},
      {"IPv6", {"::1", true, kValidTime}, Code::AuthorizationSourceIpMismatch},
  };
  for (const auto& [what, use, code] : rows)
    EXPECT_EQ(verify(sdk_query("everything"), use).error().code, code) << what;
  EXPECT_TRUE(verify(sdk_query("everything"), {"::ffff:168.1.5.70", true, kValidTime}));
  EXPECT_TRUE(verify(sdk_query("least"), {"::1", false, kValidTime}));
}

TEST(AccountSas, LaysOutItsTextByVersion) {
  AccountSas sas;
  sas.version = "2020-10-02", sas.permissions = "r", sas.services = "b", sas.resource_types = "o";
  sas.start = "S", sas.expiry = "E", sas.addresses = "I", sas.protocol = "P", sas.encryption_scope = "X";
  EXPECT_EQ(string_to_sign(sas, "acct"), "acct\nr\nb\no\nS\nE\nI\nP\n2020-10-02\n");
  sas.version = "2020-12-06";
  EXPECT_EQ(string_to_sign(sas, "acct"), "acct\nr\nb\no\nS\nE\nI\nP\n2020-12-06\nX\n");
}

TEST(Principal, ASasReachesAsFarAsItsLetters) {
  auto keys = emulator_key_ring();
  const auto& account = keys.account();
  struct Row {
    SasLimits limits;
    RequiredAccess required;
    std::optional<Code> refused;
  };
  for (const auto& [limits, required, refused] : {
           Row{{"r", "b", "o"}, {"r", "o"}, {}},
           Row{{"c", "b", "sco"}, {"cw", "o"}, {}},
           Row{{"r", "qf", "o"}, {"r", "o"}, Code::AuthorizationServiceMismatch},
           Row{{"r", "b", "sc"}, {"r", "o"}, Code::AuthorizationResourceTypeMismatch},
           Row{{"l", "b", "o"}, {"r", "o"}, Code::AuthorizationPermissionMismatch},
           Row{{"rwdlac", "b", "sco"}, {"", "c"}, Code::AuthorizationPermissionMismatch},
       }) {
    auto checked = Principal::of_account_sas(account, account.keys[0], limits, "").check_access(required);
    EXPECT_EQ(checked ? std::nullopt : std::optional(checked.error().code), refused) << limits.permissions;
  }
  EXPECT_TRUE(Principal::of_key(account, account.keys[0], "").check_access({"", "c"}));
}

TEST(Principal, OnlyAKeyHolderAsksForAPurpose) {
  auto keys = emulator_key_ring();
  auto key = keys.account().keys[0];
  key.allowed_purposes = {*PurposeId::parse("archive")};
  auto holder = Principal::of_key(keys.account(), key, "");
  EXPECT_EQ(*holder.asked_purpose(std::nullopt), "development");
  EXPECT_EQ(*holder.asked_purpose("archive"), "archive");
  EXPECT_EQ(*holder.asked_purpose("publication"), "publication") << "the Gate decides, and keeps a record";
  EXPECT_EQ(holder.asked_purpose("No Name").error().code, Code::InvalidHeaderValue);
  EXPECT_TRUE(holder.may_act_for("archive"));
  EXPECT_FALSE(holder.may_act_for("publication"));
  auto borrower = Principal::of_account_sas(keys.account(), key, {}, "");
  EXPECT_EQ(*borrower.asked_purpose(std::nullopt), "development");
  EXPECT_EQ(borrower.asked_purpose("development").error().code, Code::UnsupportedHeader);
  EXPECT_FALSE(borrower.may_act_for("archive"));
}

}  // namespace
}  // namespace vitrine::identity
