#include "policy/gate.h"

#include <gtest/gtest.h>

namespace vitrine::policy {
namespace {

constexpr auto kRegister =
    "[[purpose]]\nid='operations'\ntitle='t'\ndpv='d'\nservices=['storage']\n"
    "budget=[{service='storage',quantity='items',window='day',limit=1}]\n";
constexpr Action kWrite{.name = "test.write", .service = Service::Storage};

bool permitted(Gate& gate, identity::Principal principal) {
  Exchange exchange{.principal = std::move(principal),
                    .purpose = "operations",
                    .slot = 0,
                    .journal = {},
                    .request_id = "test",
                    .client_class = "test",
                    .received = {},
                    .receipt = {}};
  auto decision = gate.decide(exchange, {.action = kWrite, .resource = {}, .bounds = {.items = 1}});
  auto* permit = std::get_if<Permit>(&decision);
  if (permit) permit->settle();
  return permit != nullptr;
}

TEST(Gate, ABudgetBindsNeitherTheOperatorNorTheServer) {
  identity::Account account{.name = *identity::AccountName::parse("tester"),
                            .organisation = *identity::OrganisationId::parse("city"),
                            .slot = 0,
                            .journal = {},
                            .keys = {}};
  identity::AccessKey key{
      *identity::KeyName::parse("key1"), {}, *identity::PurposeId::parse("operations"), {}, {}};
  Gate gate(PurposeRegister::parse(kRegister).value(), system_clock());
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(permitted(gate, identity::Principal::of_operator(account, "127.0.0.1")));
    EXPECT_TRUE(permitted(gate, identity::Principal::of_system(account)));
  }
  EXPECT_TRUE(permitted(gate, identity::Principal::of_key(account, key, "127.0.0.1")))
      << "nothing was counted before";
  EXPECT_FALSE(permitted(gate, identity::Principal::of_key(account, key, "127.0.0.1")));
}

/// docs/formats/policy-bundle.md: other rules make another text, but each line stays as it is written.
TEST(Gate, TheBundleHasGoldenBytes) {
  constexpr auto kRules =
      "[[purpose]]\nid='public-records-release'\ntitle='t'\ndpv='d'\n"
      "services=['storage','image','video','speech','documents','search']\nobligations=['blur_faces']\n"
      "budget=[{service='image',quantity='items',window='day',limit=5000},"
      "{service='image',quantity='bytes',window='month',limit=50000}]\n"
      "[[purpose]]\nid='operations'\ntitle='t'\ndpv='d'\nservices=['storage']\n";
  const Gate gate(PurposeRegister::parse(kRules).value(), system_clock());
  EXPECT_EQ(gate.bundle(),
            "charter/no-identification: nobody is identified by face or voice.\n"
            "charter/suspended-service: no operation of a suspended service.\n"
            "charter/known-purpose: every operation has a purpose of the register.\n"
            "charter/purpose-of-the-credential: a credential acts only for purposes it is bound to.\n"
            "charter/purpose-covers-service: a purpose uses only the services it covers.\n"
            "charter/within-budget: no use beyond the purpose's bound.\n"
            "base/credential-of-the-account: what nothing above forbids is permitted to whoever holds a "
            "credential of the account, for a purpose that it is bound to.\n"
            "purpose operations: storage\n"
            "purpose public-records-release: storage image video speech documents search !blur_faces "
            "image/items/day<=5000 image/bytes/month<=50000\n");
  EXPECT_EQ(gate.bundle_hash(), crypto::sha256(as_bytes(gate.bundle())));
}

}  // namespace
}  // namespace vitrine::policy
