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

}  // namespace
}  // namespace vitrine::policy
