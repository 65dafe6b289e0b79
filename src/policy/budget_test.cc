#include "policy/budget.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace vitrine::policy {
namespace {

using namespace std::chrono_literals;
constexpr Timestamp kNow = Timestamp{1'795'343'400s};

Purpose purpose_with(std::vector<Budget> budgets) {
  return {.id = "p",
          .title = {},
          .dpv = {},
          .services = {Service::Image},
          .obligations = {},
          .budgets = std::move(budgets)};
}

TEST(Budget, AllOrNothingOverSeveralWindows) {
  auto purpose = purpose_with({{Service::Image, Quantity::Items, Window::Day, 10},
                               {Service::Image, Quantity::Items, Window::Hour, 4}});
  BudgetBook book;
  auto held = book.reserve({"org", &purpose, Service::Image}, {.items = 3}, kNow);
  ASSERT_TRUE(held);
  EXPECT_EQ(held->deltas().size(), 2u);
  auto refused = book.reserve({"org", &purpose, Service::Image}, {.items = 2}, kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().remaining, 1);
  EXPECT_EQ(refused.error().budget.window, Window::Hour);
  EXPECT_EQ(book.remaining("org", purpose, purpose.budgets[0], kNow), 7)
      << "the refused one must not count anywhere";
  EXPECT_TRUE(book.reserve({"other", &purpose, Service::Image}, {.items = 4}, kNow))
      << "organisations do not share";
  EXPECT_TRUE(book.reserve({"org", &purpose, Service::Storage}, {.items = 99}, kNow))
      << "another service is not concerned";
}

TEST(Budget, AReservationDiesWithItsRequestUnlessKept) {
  auto purpose = purpose_with({{Service::Image, Quantity::Items, Window::Hour, 10}});
  BudgetBook book;
  {
    auto dropped = book.reserve({"org", &purpose, Service::Image}, {.items = 10}, kNow);
  }
  EXPECT_EQ(book.remaining("org", purpose, purpose.budgets[0], kNow), 10);
  book.reserve({"org", &purpose, Service::Image}, {.items = 6}, kNow)->keep();
  EXPECT_EQ(book.remaining("org", purpose, purpose.budgets[0], kNow), 4);
}

TEST(Budget, TheWindowSlidesAndNeverUnderCounts) {
  auto purpose = purpose_with({{Service::Image, Quantity::Items, Window::Hour, 10}});
  BudgetBook book;
  book.reserve({"org", &purpose, Service::Image}, {.items = 10}, kNow)->keep();
  EXPECT_EQ(book.remaining("org", purpose, purpose.budgets[0], kNow + 60min), 0);
  EXPECT_EQ(book.remaining("org", purpose, purpose.budgets[0], kNow + 61min), 10);
}

TEST(Budget, CountersReadBackGiveTheSameBook) {
  auto purpose = purpose_with({{Service::Image, Quantity::Items, Window::Day, 10}});
  BudgetBook before, after;
  auto held = before.reserve({"org", &purpose, Service::Image}, {.items = 7}, kNow);
  for (const auto& delta : held->deltas()) ASSERT_TRUE(after.load(delta, kNow + 5min));
  EXPECT_EQ(after.remaining("org", purpose, purpose.budgets[0], kNow + 5min), 3);
  EXPECT_TRUE(after.take_expired().deltas().empty());
  EXPECT_FALSE(after.load({"budget/what", 1}, kNow));
}

TEST(Budget, StepsDrawOnWhatWasCountedInAdvance) {
  auto purpose = purpose_with({{Service::Image, Quantity::Items, Window::Hour, 10},
                               {Service::Image, Quantity::Bytes, Window::Hour, 1000}});
  Usage usage{"org", &purpose, Service::Image};
  BudgetBook book;
  auto charge = book.reserve(usage, {.items = 4, .bytes = 400}, kNow)->keep();
  EXPECT_TRUE(charge.draw(usage, {.items = 1, .bytes = 100})) << "given back: nobody kept it";
  EXPECT_EQ(charge.left().items, 4);
  EXPECT_TRUE(charge.draw(usage, {.items = 1, .bytes = 100})->deltas().empty()) << "not counted twice";
  charge.draw(usage, {.items = 1, .bytes = 300})->keep();
  EXPECT_FALSE(charge.draw(usage, {.items = 1, .bytes = 101})) << "more than what is left";
  EXPECT_FALSE(charge.draw({"other", &purpose, Service::Image}, {.items = 1}));
  EXPECT_FALSE(charge.draw({"org", &purpose, Service::Video}, {.items = 1}));

  book.apply(charge.refund());
  EXPECT_EQ(book.remaining("org", purpose, purpose.budgets[0], kNow), 9);
  EXPECT_EQ(book.remaining("org", purpose, purpose.budgets[1], kNow), 700);
}

TEST(Budget, ExactUnderRacingClients) {
  auto purpose = purpose_with({{Service::Image, Quantity::Items, Window::Hour, 1000}});
  BudgetBook book;
  std::atomic<int> granted = 0;
  std::vector<std::jthread> clients;
  for (int i = 0; i < 8; ++i)
    clients.emplace_back([&] {
      for (int k = 0; k < 500; ++k)
        if (auto held = book.reserve({"org", &purpose, Service::Image}, {.items = 1}, kNow)) {
          held->keep();
          ++granted;
        }
    });
  clients.clear();
  EXPECT_EQ(granted, 1000);
}

}  // namespace
}  // namespace vitrine::policy
