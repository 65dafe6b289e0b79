// The rows behind budgets go when no window reaches them any more.
#include "operations/test_world.h"

namespace vitrine::operations {
namespace {

using namespace std::chrono_literals;

class BudgetRows : public testing::Test {
 protected:
  /// Uses one picture for a purpose that has a budget a day and one a month.
  void use() {
    auto own = world.request("public-records-release");
    auto decision = world.gate->decide(
        own,
        {.action = policy::actions::kImageAnalyze, .resource = {"tester", {}, {}}, .bounds = {.items = 1}});
    ASSERT_TRUE(world.run(world.ledger->commit(own, std::move(decision), {})));
  }

  /// What a start at that time does.
  void start_at(Timestamp now) {
    policy::BudgetBook book;
    for (auto& [key, amount] : rows()) ASSERT_TRUE(book.load({key, amount}, now));
    auto expired = book.take_expired();
    ASSERT_TRUE(world.run(world.ledger->erase(expired)));
  }

  std::vector<std::pair<std::string, std::int64_t>> rows() {
    return world.store->counters("budget/").value();
  }

  TestWorld world{"budget_rows"};
};

TEST_F(BudgetRows, AreErasedAtTheStartThatFindsThemExpired) {
  use();
  auto now = world.floors->clock.now();
  ASSERT_EQ(rows().size(), 2u);
  start_at(now + 23h);
  EXPECT_EQ(rows().size(), 2u) << "both count still";
  start_at(now + 26h);
  ASSERT_EQ(rows().size(), 1u);
  EXPECT_NE(rows().front().first.find("/month/"), std::string::npos);
  start_at(now + 24h * 32);
  EXPECT_TRUE(rows().empty());
  world.reopen();
  EXPECT_TRUE(rows().empty());
  use();
  EXPECT_EQ(rows().size(), 2u) << "and begin anew";
}

}  // namespace
}  // namespace vitrine::operations
