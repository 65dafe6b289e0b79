// Two people's word, and what becomes of it: on record, counted publicly, carried out; or refused, and why.
#include "operations/erasures.h"

#include <fmt/format.h>

#include "ledger/pending_erasure.h"
#include "ledger/sealer.h"
#include "ledger/sealer_rows.h"
#include "operations/containers.h"
#include "operations/test_world.h"

namespace vitrine::operations {
namespace {

constexpr std::string_view kOrigin = "test.example/log";
constexpr evidence::ErasedFacets kWho{.who = true};

class ErasuresTest : public testing::Test {
 protected:
  void SetUp() override {
    auto own = world.request();
    for (int i = 0; i < 5; ++i)
      (void)world.run(create_container(*world.floors, own, {world.container("box"), {}}));
  }

  [[nodiscard]] std::uint32_t stream() const { return world.account().records().stream; }
  [[nodiscard]] std::uint64_t size() const { return world.store->journal_size(stream()); }

  /// Signed by two.
  [[nodiscard]] EraseRecords request(evidence::RecordRanges records,
                                     evidence::ErasedFacets facets = kWho) const {
    return signed_by_two({.account = world.account().name,
                          .slot = world.account().slot,
                          .order = {.journal = {world.account().records().journal},
                                    .records = std::move(records),
                                    .facets = facets,
                                    .ground = "law"},
                          .time = std::chrono::floor<std::chrono::seconds>(system_clock().now()),
                          .approvals = {}});
  }
  [[nodiscard]] EraseRecords signed_by_two(EraseRecords request) const {
    const auto erasure = evidence::make_erasure(request.slot, request.order, request.time);
    const auto statement = evidence::erasure_statement(kOrigin, erasure);
    request.approvals = {evidence::approve(statement, one), evidence::approve(statement, other)};
    return request;
  }

  Result<bool> erase(const EraseRecords& request) {
    auto own = world.request();
    return world.run(erase_records(*world.floors, kOrigin, own, request));
  }
  /// One tick at the start and one at the end.
  void run_sealer(unsigned at_a_time = 16) {
    auto sealer =
        ledger::Sealer::open(
            *world.ledger, *world.store, *world.log_key, system_clock(),
            {.log_directory = world.directory() / "log", .journal_tail = 256, .erase_at_a_time = at_a_time})
            .value();
    sealer->start();
    sealer->stop();
    seals += sealer->seals();
  }
  [[nodiscard]] evidence::ShownRecord record(std::uint64_t index) const {
    const auto entry = world.ledger->journals().records(stream(), index, 1).value().front();
    return evidence::decode_shown(as_bytes(entry.bytes)).value();
  }
  [[nodiscard]] evidence::RecordContents last() const { return world.records().back(); }
  [[nodiscard]] bool is_closed(std::uint64_t index) const {
    return std::holds_alternative<evidence::Digest>(record(index).facets.front());
  }
  [[nodiscard]] std::size_t pending_entries() const {
    return world.store->scan(store::Table::State, ledger::kPending, ledger::kBehindPending, SIZE_MAX)->size();
  }

  TestWorld world{"erasures_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name())};
  crypto::SigningKey one = crypto::SigningKey::from_seed({1}), other = crypto::SigningKey::from_seed({2});
  std::uint64_t seals = 0;
};

TEST_F(ErasuresTest, IsOnRecordAndAsksForItsEntryInOneCommit) {
  run_sealer();
  const auto order = request({{1, 2}});
  const auto was_open = erase(order);
  ASSERT_TRUE(was_open) << was_open.error().message;
  EXPECT_TRUE(*was_open);
  const auto said = last();
  EXPECT_EQ(said.what.action, "journal.erase");
  EXPECT_EQ(said.what.blob, "1-2");
  EXPECT_EQ(said.what.version, "who");
  EXPECT_EQ(said.what.content_root, evidence::order_digest(order.order));
  EXPECT_EQ(said.why.basis, "law");
  EXPECT_EQ(pending_entries(), 1u);
  EXPECT_EQ(ledger::pending_erasures(*world.store, stream())->size(), 1u);
  EXPECT_FALSE(is_closed(1)) << "the sealer carries it out";
  EXPECT_FALSE(world.run(wait_for_erasures(*world.floors, stream(), std::chrono::milliseconds(1))).value());

  world.reopen();
  run_sealer();
  EXPECT_TRUE(is_closed(1) && is_closed(2));
  EXPECT_FALSE(is_closed(0) || is_closed(3));
  EXPECT_EQ(pending_entries(), 0u);
}

TEST_F(ErasuresTest, WhatIsErasedAlreadyIsNotPublishedAgain) {
  run_sealer();
  ASSERT_TRUE(erase(request({{1, 2}})).value());
  run_sealer();
  const auto again = erase(request({{2, 2}}));
  ASSERT_TRUE(again);
  EXPECT_FALSE(*again);
  const auto said =
      evidence::decode_what(std::get<evidence::Facet>(record(size() - 1).facets[1]).cbor).value();
  EXPECT_EQ(said.action, "journal.erase");
  EXPECT_EQ(said.version, "") << "it tells of no erasure";
  EXPECT_FALSE(said.content_root);
  EXPECT_EQ(pending_entries(), 0u);
}

TEST_F(ErasuresTest, NothingIsLookedAtWithoutApprovalsThatHold) {
  const auto before = size();
  const auto good = request({{1, 2}});
  const auto changed = [&](auto change) {
    auto asked = good;
    change(asked);
    return asked;
  };
  struct Row {
    EraseRecords asked;
    const char* says;
  };
  for (const auto& [asked, says] : {
           Row{changed([](auto& r) { r.order.records = {{1, 3}}; }), "exactly these records"},
           Row{changed([](auto& r) { r.order.ground = "none"; }), "exactly these records"},
           Row{changed([](auto& r) { r.order.facets.what = true; }), "exactly these records"},
           Row{changed([](auto& r) { r.approvals[1] = r.approvals[0]; }), "one person twice"},
           Row{changed([](auto& r) { r.approvals[1] = {{1}, {1}}; }), "signs for everybody"},
           Row{changed([](auto& r) { r.slot += 1; }), "exactly these records"},
           Row{request({}), "Name 1 to 10000 records"},
           Row{request({{0, 10'000}}), "Name 1 to 10000 records"},
           Row{request({{1, 2}}, {}), "Name the facets"},
       }) {
    const auto refused = erase(asked);
    ASSERT_FALSE(refused) << says;
    EXPECT_EQ(refused.error().code, Code::InvalidInput) << says;
    EXPECT_TRUE(refused.error().message.contains(says)) << refused.error().message;
  }
  EXPECT_EQ(size(), before);
}

TEST_F(ErasuresTest, AnAgreementHoldsForAnHourByTheLogsTime) {
  run_sealer();
  const auto at = [&](std::chrono::seconds away) {
    auto asked = request({{1, 1}});
    asked.time += away;
    return signed_by_two(asked);
  };
  for (const auto minutes : {-61, 61}) {
    const auto refused = erase(at(std::chrono::minutes(minutes)));
    ASSERT_FALSE(refused) << minutes;
    EXPECT_TRUE(refused.error().message.contains("have both sign again")) << refused.error().message;
  }
  EXPECT_TRUE(erase(at(std::chrono::minutes(-59))));
}

TEST_F(ErasuresTest, WhatCannotBeErasedIsRefusedOnRecord) {
  ASSERT_TRUE(erase(request({{1, 2}})));
  const auto statement = size() - 1;
  const auto refused = erase(request({{statement, statement}}));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().message.contains("tells itself")) << refused.error().message;
  EXPECT_EQ(last().what.version, "") << "a refusal tells of no erasure";
  const auto behind = erase(request({{1000, 1000}}));
  ASSERT_FALSE(behind);
  EXPECT_EQ(behind.error().code, Code::RecordNotFound);
  EXPECT_EQ(size(), statement + 3);
  EXPECT_EQ(ledger::pending_erasures(*world.store, stream())->size(), 1u);
}

/// A large order is carried out a piece at a time, with seals in between, and over restarts.
TEST_F(ErasuresTest, ALargeOrderKeepsNoSealFromBeingMade) {
  auto own = world.request();
  while (size() < 1100) (void)world.run(create_container(*world.floors, own, {world.container("box"), {}}));
  run_sealer();
  run_sealer();
  ASSERT_GE(world.store->journal_front(stream()), 512u);
  ASSERT_TRUE(erase(request({{0, 1050}})));
  const auto before = seals;
  run_sealer(2);
  EXPECT_EQ(seals, before + 2) << "a seal a tick";
  EXPECT_TRUE(is_closed(0) && is_closed(1000)) << "two bundles before each of them";
  EXPECT_FALSE(is_closed(1050));
  EXPECT_FALSE(ledger::pending_erasures(*world.store, stream())->empty());
  world.reopen();
  run_sealer(3);
  EXPECT_TRUE(is_closed(1050));
}

}  // namespace
}  // namespace vitrine::operations
