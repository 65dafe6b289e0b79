#include "identity/service_sas.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "identity/principal.h"
#include "identity/test_requests.h"

namespace vitrine::identity {
namespace {

constexpr std::string_view kDelegationKey = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

struct Vector {
  std::string container, blob;
  Pairs query;
};

Vector sdk_vector(std::string_view name) {
  for (const auto& vector : read_vectors("service_sas.json"))
    if (vector.at("name").as_string() == name)
      return {std::string(vector.at("container").as_string()), std::string(vector.at("blob").as_string()),
              pairs_of(vector.at("query"))};
  throw std::runtime_error("no such vector");
}

Result<const AccessKey*> verify(const Vector& vector) {
  static const auto keys = emulator_key_ring();
  auto sas = TRY(parse_service_sas(views_of(vector.query)));
  return find_signer(sas, {"devstoreaccount1", vector.container, vector.blob}, keys);
}

void set(Pairs& query, std::string_view name, std::string_view value) {
  std::erase_if(query, [&](auto& p) { return p.first == name; });
  if (!value.empty()) query.emplace_back(name, value);
}

void expect_refused(const Vector& vector, std::string_view what) {
  auto signer = verify(vector);
  ASSERT_FALSE(signer) << what;
  EXPECT_EQ(signer.error().code, Code::AuthenticationFailed) << what;
}

TEST(ServiceSas, VerifiesWhatTheSdkSigns) {
  for (auto name :
       {"blob", "everything", "snapshot", "version", "policy", "container", "everything in a container"}) {
    auto signer = verify(sdk_vector(name));
    ASSERT_TRUE(signer) << name << ": " << signer.error().message;
    EXPECT_EQ((*signer)->name.text(), "key2");
  }
}

TEST(ServiceSas, OfAContainerHoldsForItsBlobsAndNoOthers) {
  auto vector = sdk_vector("container");
  vector.blob = "any";
  EXPECT_TRUE(verify(vector));
  vector.container = "others";
  expect_refused(vector, "another container");
  vector = sdk_vector("blob");
  vector.blob = "b";
  expect_refused(vector, "another blob");
  vector.blob = "";
  expect_refused(vector, "its container");
  vector.container = "";
  expect_refused(vector, "its account");
}

TEST(ServiceSas, EveryChangedParameterIsNoticed) {
  for (auto [name, value] : Pairs{{"sp", "rw"},
                                  {"sr", "c"},
                                  {"st", "2026-01-01T00:00:01Z"},
                                  {"st", ""},
                                  {"se", "2027-01-01T00:00:00Z"},
                                  {"si", "policy"},
                                  {"sip", "168.1.5.65"},
                                  {"sip", ""},
                                  {"spr", "https,http"},
                                  {"sv", "2026-10-07"},
                                  {"ses", "scope"},
                                  {"rscc", "public"},
                                  {"rscd", ""},
                                  {"rsce", "gzip"},
                                  {"rscl", "en"},
                                  {"rsct", "text/html"}}) {
    auto vector = sdk_vector("everything");
    set(vector.query, name, value);
    expect_refused(vector, name);
  }
  auto vector = sdk_vector("snapshot");
  set(vector.query, "snapshot", "2026-02-03T04:05:06.0000001Z");
  expect_refused(vector, "another snapshot");
}

TEST(ServiceSas, MalformedParametersAreRefused) {
  for (auto [name, value] : Pairs{{"sv", ""},
                                  {"sv", "2011-08-18"},
                                  {"sv", "latest"},
                                  {"sr", ""},
                                  {"sr", "d"},
                                  {"sip", "::1"},
                                  {"spr", "http"},
                                  {"sig", "AAAA"},
                                  {"sig", ""},
                                  {"rsct", "a\nb"},
                                  {"rscd", "a\x7f"}}) {
    auto query = sdk_vector("everything").query;
    set(query, name, value);
    auto sas = parse_service_sas(views_of(query));
    ASSERT_FALSE(sas) << name << "=" << value;
    EXPECT_EQ(sas.error().code, Code::AuthenticationFailed);
  }
}

TEST(ServiceSas, ARepeatedParameterIsRefused) {
  for (const auto& [name, value] : sdk_vector("everything").query) {
    auto query = sdk_vector("everything").query;
    query.emplace_back(name, value);
    EXPECT_FALSE(parse_service_sas(views_of(query))) << name;
    query.back().first.front() -= 'a' - 'A';
    EXPECT_FALSE(parse_service_sas(views_of(query))) << name << " in another case";
  }
}

ServiceSas sample(std::string_view version) {
  ServiceSas sas;
  sas.version = version, sas.permissions = "P", sas.start = "S", sas.expiry = "E", sas.identifier = "I";
  sas.addresses = "A", sas.protocol = "H", sas.resource = "b", sas.moment = "M", sas.encryption_scope = "X";
  sas.cache_control = "1", sas.content_disposition = "2", sas.content_encoding = "3";
  sas.content_language = "4", sas.content_type = "5";
  return sas;
}

TEST(ServiceSas, LaysOutItsTextByVersion) {
  for (auto [version, text] : Pairs{
           {"2012-02-12", "P\nS\nE\n/acct/con/b\nI\n2012-02-12"},
           {"2013-08-15", "P\nS\nE\n/acct/con/b\nI\n2013-08-15\n1\n2\n3\n4\n5"},
           {"2015-02-21", "P\nS\nE\n/blob/acct/con/b\nI\n2015-02-21\n1\n2\n3\n4\n5"},
           {"2015-04-05", "P\nS\nE\n/blob/acct/con/b\nI\nA\nH\n2015-04-05\n1\n2\n3\n4\n5"},
           {"2018-03-28", "P\nS\nE\n/blob/acct/con/b\nI\nA\nH\n2018-03-28\n1\n2\n3\n4\n5"},
           {"2018-11-09", "P\nS\nE\n/blob/acct/con/b\nI\nA\nH\n2018-11-09\nb\nM\n1\n2\n3\n4\n5"},
           {"2020-12-06", "P\nS\nE\n/blob/acct/con/b\nI\nA\nH\n2020-12-06\nb\nM\nX\n1\n2\n3\n4\n5"},
           {"2099-01-01", "P\nS\nE\n/blob/acct/con/b\nI\nA\nH\n2099-01-01\nb\nM\nX\n1\n2\n3\n4\n5"},
       })
    EXPECT_EQ(string_to_sign(sample(version), {"acct", "con", "b"}), text);
  auto sas = sample("2012-02-12");
  sas.resource = "c";
  EXPECT_EQ(string_to_sign(sas, {"acct", "con", "b"}), "P\nS\nE\n/acct/con\nI\n2012-02-12");
}

TEST(ServiceSas, OfADelegationHasItsOwnLinesByVersion) {
  const std::string head = "P\nS\nE\n/blob/acct/con/b\no\nt\n1\n2\nb\nv\n";
  for (auto [version, text] : Pairs{
           {"2018-11-09", "A\nH\n2018-11-09\nb\nM\n1\n2\n3\n4\n5"},
           {"2020-02-10", "a\n\nc\nA\nH\n2020-02-10\nb\nM\n1\n2\n3\n4\n5"},
           {"2020-12-06", "a\n\nc\nA\nH\n2020-12-06\nb\nM\nX\n1\n2\n3\n4\n5"},
           {"2025-07-05", "a\n\nc\nT\nU\nA\nH\n2025-07-05\nb\nM\nX\n1\n2\n3\n4\n5"},
           {"2026-04-06", "a\n\nc\nT\nU\nA\nH\n2026-04-06\nb\nM\nX\nh:1\n\n\nq:2\n1\n2\n3\n4\n5"},
       }) {
    auto sas = sample(version);
    sas.object_id = "o", sas.tenant = "t", sas.key_start = "1", sas.key_expiry = "2", sas.key_service = "b";
    sas.key_version = "v", sas.authorized_oid = "a", sas.correlation_id = "c", sas.delegated_tenant = "T";
    sas.delegated_user = "U", sas.signed_headers = "h:1\n", sas.signed_parameters = "\nq:2";
    EXPECT_EQ(string_to_sign(sas, {"acct", "con", "b"}), head + text);
  }
}

TEST(ServiceSas, OfADelegationHoldsUnderItsKey) {
  const auto key = from_base64(kDelegationKey).value();
  for (auto name : {"delegation", "delegation of everything", "delegation with headers"}) {
    const auto vector = sdk_vector(name);
    const Pairs headers{{"X-Ms-Meta-A", "1"}, {"x-ms-meta-b", "two words"}};
    auto sas = parse_service_sas(views_of(vector.query), views_of(headers));
    ASSERT_TRUE(sas) << name << sas.error().message;
    const SasTarget target{"devstoreaccount1", vector.container, vector.blob};
    EXPECT_TRUE(check_signature(*sas, target, key)) << name << string_to_sign(*sas, target);
    EXPECT_FALSE(check_signature(*sas, target, Bytes(32, 1))) << name;
    EXPECT_FALSE(check_signature(*sas, {"devstoreaccount1", "others", vector.blob}, key)) << name;
    static const auto keys = emulator_key_ring();
    EXPECT_FALSE(find_signer(*sas, target, keys)) << name;
  }
  const auto vector = sdk_vector("delegation with headers");
  const Pairs other{{"x-ms-meta-a", "2"}, {"x-ms-meta-b", "two words"}};
  auto sas = parse_service_sas(views_of(vector.query), views_of(other));
  EXPECT_FALSE(check_signature(*sas, {"devstoreaccount1", vector.container, vector.blob}, key));
}

TEST(ServiceSas, ADelegationIsForBlobsAndForATime) {
  DelegationTerms terms{"o", "t", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "b", "2026-10-06", ""};
  EXPECT_TRUE(check_delegation(terms, *parse_iso8601("2026-01-01T00:00:00Z")));
  EXPECT_FALSE(check_delegation(terms, *parse_iso8601("2025-12-31T23:59:59Z")));
  EXPECT_FALSE(check_delegation(terms, *parse_iso8601("2026-01-02T00:00:00Z")));
  const auto text = derivation_text(terms).value();
  EXPECT_EQ(text, "o\nt\n1767225600\n1767312000\nb\n2026-10-06\n");
  terms.key_start = "2026-01-01T00:00:00.0000000Z";
  EXPECT_EQ(derivation_text(terms).value(), text) << "clients spell times anew";
  terms.key_start = "now";
  EXPECT_EQ(derivation_text(terms).error().code, Code::AuthenticationFailed);
  terms.key_start = "2026-01-01T00:00:00Z", terms.key_service = "q";
  EXPECT_FALSE(check_delegation(terms, *parse_iso8601("2026-01-01T00:00:00Z")));
}

TEST(ServiceSas, WhatAVersionDoesNotSignIsRefused) {
  const std::string signature = std::string(43, 'A') + "=";
  auto parse = [&](const Pairs& more) {
    Pairs query{{"sr", "b"}, {"sp", "r"}, {"se", "2027-01-01"}, {"sig", signature}};
    query.insert(query.end(), more.begin(), more.end());
    return parse_service_sas(views_of(query)).has_value();
  };
  EXPECT_TRUE(parse({{"sv", "2012-02-12"}}));
  EXPECT_FALSE(parse({{"sv", "2012-02-12"}, {"rsct", "text/html"}}));
  EXPECT_TRUE(parse({{"sv", "2013-08-15"}, {"rsct", "text/html"}}));
  EXPECT_FALSE(parse({{"sv", "2013-08-15"}, {"spr", "https"}}));
  EXPECT_TRUE(parse({{"sv", "2015-04-05"}, {"spr", "https"}, {"sip", "1.2.3.4"}}));
  EXPECT_FALSE(parse({{"sv", "2018-11-09"}, {"ses", "scope"}}));
  EXPECT_TRUE(parse({{"sv", "2020-12-06"}, {"ses", "scope"}}));
  EXPECT_FALSE(parse({{"sv", "2015-04-05"}, {"skoid", "o"}}));
  EXPECT_TRUE(parse({{"sv", "2018-11-09"}, {"skoid", "o"}}));
  EXPECT_FALSE(parse({{"sv", "2018-11-09"}, {"skoid", "o"}, {"saoid", "a"}}));
  EXPECT_FALSE(parse({{"sv", "2020-12-06"}, {"skoid", "o"}, {"suoid", "a"}})) << "there are no such lists";
  EXPECT_FALSE(parse({{"sv", "2020-12-06"}, {"skoid", "o"}, {"si", "p"}})) << "of the other kind";
  EXPECT_FALSE(parse({{"sv", "2020-12-06"}, {"sktid", "t"}})) << "of the other kind";
  EXPECT_FALSE(parse({{"sv", "2020-12-06"}, {"skoid", "o"}, {"sduoid", "u"}}));
  EXPECT_TRUE(parse({{"sv", "2025-07-05"}, {"skoid", "o"}, {"sduoid", "u"}}));
  EXPECT_FALSE(parse({{"sv", "2025-07-05"}, {"skoid", "o"}, {"srh", "x"}}));
}

TEST(ServiceSas, APolicySaysWhatTheSasLeavesOut) {
  const StoredPolicy policy{"p", "S", "E", ""};
  ServiceSas sas;
  sas.permissions = "r";
  ASSERT_TRUE(apply(&policy, sas));
  EXPECT_EQ(sas.permissions + sas.start + sas.expiry, "rSE");
  EXPECT_EQ(apply(&policy, sas).error().code, Code::AuthenticationFailed) << "both say it";
  EXPECT_EQ(apply(nullptr, sas).error().code, Code::AuthenticationFailed) << "there is none";
}

TEST(ServiceSas, IsNotCompleteWithoutPermissionsAndEnd) {
  ServiceSas sas;
  sas.permissions = "r", sas.expiry = "2027-01-01";
  EXPECT_TRUE(complete_terms(sas));
  for (auto text : {&ServiceSas::permissions, &ServiceSas::expiry}) {
    auto lacking = sas;
    (lacking.*text).clear();
    EXPECT_EQ(complete_terms(lacking).error().code, Code::AuthenticationFailed);
  }
}

TEST(Principal, AnybodyReadsAndDoesNothingElse) {
  auto keys = emulator_key_ring();
  auto purpose = *PurposeId::parse("publication");
  struct Row {
    bool whole;
    RequiredAccess required;
    bool may;
  };
  for (const auto& [whole, required, may] : {
           Row{false, {"r", "o", true, true}, true},
           Row{false, {"r", "c", false, true}, false},
           Row{false, {"l", "c", true, true}, false},
           Row{true, {"r", "c", false, true}, true},
           Row{true, {"l", "c", true, true}, true},
           Row{true, {"w", "o", true, false}, false},
           Row{true, {"rw", "sco", true, false}, false},
       }) {
    auto anybody = Principal::of_anybody(keys.account(), purpose, whole, "");
    auto checked = anybody.check_access(required);
    EXPECT_EQ(checked.has_value(), may) << required.any_permission << required.any_resource_type;
    if (!checked) EXPECT_EQ(checked.error().code, Code::NoAuthenticationInformation);
    EXPECT_EQ(anybody.text(), "anonymous");
    EXPECT_EQ(*anybody.asked_purpose(std::nullopt), "publication");
    EXPECT_EQ(anybody.asked_purpose("publication").error().code, Code::UnsupportedHeader);
  }
}

TEST(Principal, AServiceSasReachesBlobsAndNoContainerItself) {
  auto keys = emulator_key_ring();
  const auto& account = keys.account();
  ServiceSas sas;
  struct Row {
    const char *resource, *permissions;
    RequiredAccess required;
    std::optional<Code> refused;
  };
  for (const auto& [resource, permissions, required, refused] : {
           Row{"b", "r", {"r", "o", true}, {}},
           Row{"b", "r", {"w", "o", true}, Code::AuthorizationPermissionMismatch},
           Row{"b", "l", {"l", "c", true}, Code::AuthorizationResourceTypeMismatch},
           Row{"c", "l", {"l", "c", true}, {}},
           Row{"c", "r", {"r", "c", false}, Code::AuthorizationPermissionMismatch},
           Row{"c", "rwdl", {"l", "s", false}, Code::AuthorizationPermissionMismatch},
           Row{"bs", "rw", {"r", "o", true}, {}},
           Row{"bs", "rw", {"w", "o", true}, Code::AuthorizationPermissionMismatch},
           Row{"bv", "rac", {"cw", "o", true}, Code::AuthorizationPermissionMismatch},
       }) {
    sas.resource = resource, sas.permissions = permissions;
    auto principal = Principal::of_service_sas(account, account.keys[0], sas, "");
    auto checked = principal.check_access(required);
    EXPECT_EQ(checked ? std::nullopt : std::optional(checked.error().code), refused)
        << resource << permissions << required.any_permission;
    EXPECT_EQ(principal.text(), "account:devstoreaccount1/key1");
    EXPECT_TRUE(principal.overrides_headers());
  }
}

}  // namespace
}  // namespace vitrine::identity
