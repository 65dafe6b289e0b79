#include "identity/roles.h"

#include <gtest/gtest.h>

#include "identity/principal.h"
#include "identity/test_requests.h"

namespace vitrine::identity {
namespace {

const PurposeId kArchive = *PurposeId::parse("archive"), kResearch = *PurposeId::parse("journalism");

RoleAssignment role(std::string_view holder, Role role, std::string_view account,
                    std::string_view container) {
  return {std::string(holder), role, std::string(account), std::string(container), kArchive, {kResearch}};
}

TEST(Roles, TheStrongestThatReachesCounts) {
  const RoleBook book({role("alice", Role::Reader, "acct", ""), role("alice", Role::Owner, "acct", "own"),
                       role("bob", Role::Contributor, "acct", "own"), role("oid-1", Role::Owner, "", "")});
  auto found = [&](auto... of) -> std::string_view {
    const auto* assignment = book.find(of...);
    return assignment ? name(assignment->role) : "";
  };
  EXPECT_EQ(found("", "alice", "acct", ""), "reader");
  EXPECT_EQ(found("", "alice", "acct", "other"), "reader");
  EXPECT_EQ(found("", "alice", "acct", "own"), "owner");
  EXPECT_EQ(found("", "alice", "other", "own"), "");
  EXPECT_EQ(found("", "bob", "acct", ""), "");
  EXPECT_EQ(found("", "bob", "acct", "own"), "contributor");
  EXPECT_EQ(found("oid-1", "carol", "any", ""), "owner");
  EXPECT_EQ(found("", "carol", "acct", ""), "");
  EXPECT_EQ(found("oid-1", "carol", "system", ""), "") << "the server's own account is nobody's";
}

TEST(Roles, HaveNames) {
  for (auto each : {Role::Reader, Role::Contributor, Role::Owner}) EXPECT_EQ(*parse_role(name(each)), each);
  EXPECT_EQ(parse_role("admin").error().code, Code::InvalidInput);
}

// Whether reader, contributor and owner of the account, and owner of a container, may do it.
struct Row {
  const char* what;
  RequiredAccess required;
  std::array<bool, 4> may;
};
constexpr Row kRows[] = {
    {"read a blob", {"r", "o", true, true}, {true, true, true, true}},
    {"list blobs", {"l", "c", true, true}, {true, true, true, true}},
    {"list containers", {"l", "s"}, {true, true, true, false}},
    {"write a blob", {"cw", "o", true}, {false, true, true, true}},
    {"delete a container", {"d", "c"}, {false, true, true, true}},
    {"set tags", {"t", "o", true}, {false, false, true, true}},
    {"set an immutability policy", {"i", "o", true}, {false, false, true, true}},
    {"set an access list", {"", "sco"}, {false, false, true, true}},
    {"set service properties", {"w", "s", false, false, true}, {false, false, true, false}},
    {"get a user delegation key", {"", "s", false, false, false, true}, {true, true, true, false}},
};

TEST(Roles, ReachAsFarAsAzures) {
  const auto keys = emulator_key_ring();
  const std::array roles{role("a", Role::Reader, "acct", ""), role("a", Role::Contributor, "acct", ""),
                         role("a", Role::Owner, "acct", ""), role("a", Role::Owner, "acct", "own")};
  Claims claims;
  claims.subject = "a", claims.tenant = "t";
  for (const auto& row : kRows)
    for (std::size_t i = 0; i < roles.size(); ++i) {
      const auto principal = Principal::of_token(keys.account(), roles[i], claims, "");
      const auto checked = principal.check_access(row.required);
      EXPECT_EQ(checked.has_value(), row.may[i]) << row.what << ", role " << i;
      if (!checked) EXPECT_EQ(checked.error().code, Code::AuthorizationPermissionMismatch);
      EXPECT_EQ(principal.may_overwrite(), i > 0);
    }
}

TEST(Roles, AHolderChoosesAmongTheRolesPurposes) {
  const auto keys = emulator_key_ring();
  Claims claims;
  claims.subject = "a", claims.object_id = "b";
  const auto principal = Principal::of_token(keys.account(), role("a", Role::Reader, "acct", ""), claims, "");
  EXPECT_EQ(principal.text(), "token:a") << "as the role names the holder";
  EXPECT_EQ(*principal.asked_purpose(std::nullopt), "archive");
  EXPECT_EQ(*principal.asked_purpose("journalism"), "journalism");
  EXPECT_TRUE(principal.may_act_for("journalism"));
  EXPECT_FALSE(principal.may_act_for("publication"));
  EXPECT_EQ(Principal::of_token(keys.account(), role("", Role::Reader, "", ""), claims, "").text(),
            "token:b");
}

TEST(Roles, ADelegationSasGrantsNoMoreThanTheRole) {
  const auto keys = emulator_key_ring();
  ServiceSas sas;
  sas.resource = "c", sas.permissions = "rwdlt", sas.object_id = "a", sas.tenant = "t";
  const auto reader =
      Principal::of_delegation_sas(keys.account(), role("a", Role::Reader, "acct", ""), sas, "");
  EXPECT_EQ(reader.limits->permissions, "rl");
  EXPECT_EQ(reader.text(), "token:a");
  EXPECT_TRUE(reader.overrides_headers());
  EXPECT_EQ(reader.asked_purpose("journalism").error().code, Code::UnsupportedHeader);
  EXPECT_FALSE(reader.may_act_for("journalism"));
  const auto owner =
      Principal::of_delegation_sas(keys.account(), role("a", Role::Owner, "acct", ""), sas, "");
  EXPECT_TRUE(owner.check_access({"w", "o", true}));
  for (const auto& required : {RequiredAccess{"", "sco"}, RequiredAccess{"r", "c", false, true}})
    EXPECT_EQ(owner.check_access(required).error().code, Code::AuthorizationPermissionMismatch);
  EXPECT_EQ(owner.check_access({"", "s", false, false, false, true}).error().code,
            Code::AuthenticationFailed);
}

TEST(Roles, OnlyATokenIsEnoughForADelegationKey) {
  const auto keys = emulator_key_ring();
  const auto holder = Principal::of_key(keys.account(), keys.account().keys[0], "");
  EXPECT_EQ(holder.check_access({"", "s", false, false, false, true}).error().code,
            Code::AuthenticationFailed);
}

}  // namespace
}  // namespace vitrine::identity
