// Requests that were refused before anything was decided: each is in exactly one counting record.
#include "ledger/counting_records.h"

#include <map>
#include <thread>

#include "base/encoding.h"
#include "operations/data_keys.h"
#include "operations/suspensions.h"
#include "operations/test_world.h"
#include "store/failing_log.h"

namespace vitrine::operations {
namespace {

using ledger::Refusal;
using Sums = std::map<std::string, std::uint64_t>;

const Error kUnsigned{Code::NoAuthenticationInformation, "Sign it.", {}};
const Error kMalformed{Code::InvalidInput, "What?", {}};
const Error kUnknown{Code::AccountNotFound, "Who?", {}};

class Counting : public testing::Test {
 protected:
  void SetUp() override {
    auto own = operator_exchange(*world.floors, world.account(), "create", "127.0.0.1");
    CreateAccount request{.name = *identity::AccountName::parse(identity::kSystemAccount),
                          .organisation = *identity::OrganisationId::parse("operator"),
                          .keys = {}};
    system = world.run(create_account(*world.floors, world.accounts, own, std::move(request))).value();
  }

  /// One that makes records so often, or, by default, at its stop only.
  std::unique_ptr<ledger::CountingRecords> recorder(
      std::chrono::milliseconds interval = std::chrono::hours(1)) {
    auto made = std::make_unique<ledger::CountingRecords>(
        *world.ledger, *world.store, refusals, system_clock(),
        ledger::CountingOptions{.bundle_hash = world.gate->bundle_hash(), .interval = interval});
    made->start();
    return made;
  }

  void record_now() { recorder()->stop(); }

  std::vector<evidence::RecordContents> records(const identity::Account& account) {
    std::vector<evidence::RecordContents> out;
    for (const auto& entry : world.store->scan_journal(account.slot, 0, SIZE_MAX).value()) {
      auto said = evidence::read_contents(evidence::decode_record(as_bytes(entry.bytes)).value()).value();
      if (said.what.action == "requests.refused") out.push_back(std::move(said));
    }
    return out;
  }

  Sums sums(const identity::Account& account) {
    Sums out;
    for (const auto& record : records(account))
      for (const auto& quantity : record.outcome.quantities) out[quantity.name] += quantity.amount;
    return out;
  }

  /// Counts while a commit fails so, and goes on when the disk works again.
  void count_while_it_fails(store::Sync how) {
    refusals.count("tester", kUnsigned);
    files.state.sync = how;
    const auto counting = recorder(std::chrono::milliseconds(5));
    while (world.store->takes_commits()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    refusals.count("tester", kUnsigned);
    files.state.sync = store::Sync::Works;
    store::wait_until_commits_are_taken(*world.store);
    counting->stop();
  }

  store::FailingLog files;
  TestWorld world{"counting_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()),
                  {.files = &files}};
  ledger::Refusals refusals{world.accounts};
  identity::Account system{
      *identity::AccountName::parse("system"), *identity::OrganisationId::parse("o"), 0, {}, {}};
};

struct Counted {
  Code code;
  std::optional<Refusal> as;
};
constexpr Counted kCounted[] = {
    {Code::NoAuthenticationInformation, Refusal::FailedAuthentication},
    {Code::InvalidAuthenticationInfo, Refusal::FailedAuthentication},
    {Code::AuthenticationFailed, Refusal::FailedAuthentication},
    {Code::AuthorizationSourceIpMismatch, Refusal::FailedAuthentication},
    {Code::AuthorizationPermissionMismatch, Refusal::InsufficientCredentials},
    {Code::AuthorizationServiceMismatch, Refusal::InsufficientCredentials},
    {Code::InvalidInput, Refusal::MalformedRequest},
    {Code::RequestUrlFailedToParse, Refusal::MalformedRequest},
    {Code::HeadersTooLarge, Refusal::MalformedRequest},
    {Code::UnsupportedHttpVerb, Refusal::MalformedRequest},
    {Code::NotImplemented, Refusal::MalformedRequest},
    {Code::AccountNotFound, Refusal::UnknownAccount},
    {Code::ReceiptNotReady, std::nullopt},
    {Code::RecordNotFound, std::nullopt},
    {Code::ServerBusy, std::nullopt},
    {Code::Unavailable, std::nullopt},
    {Code::Internal, std::nullopt},
    {Code::ConnectionClosed, std::nullopt},
};

TEST(Refusals, AreToldByTheError) {
  for (const auto& [code, as] : kCounted) EXPECT_EQ(ledger::refusal_of(code), as) << name(code);
}

TEST_F(Counting, ARecordSaysHowManyAndThatNobodyWasIdentified) {
  for (int i = 0; i < 3; ++i) refusals.count("tester", kUnsigned);
  refusals.count("tester", kMalformed);
  record_now();
  const auto said = records(world.account());
  ASSERT_EQ(said.size(), 1u);
  const auto& record = said.front();
  EXPECT_EQ(record.who, (evidence::Who{"unidentified", "none", ""}));
  EXPECT_EQ(record.what, (evidence::What{.service = "",
                                         .action = "requests.refused",
                                         .container = "",
                                         .blob = "",
                                         .version = "",
                                         .content_root = {},
                                         .result = {}}));
  evidence::Why nothing_decided;  // nothing permitted, and nothing had to forbid
  nothing_decided.bundle_hash = world.gate->bundle_hash();
  EXPECT_EQ(record.why, nothing_decided);
  auto outcome = record.outcome;
  outcome.time = from_micros(1'795'000'000'123'456);
  outcome.request_id = "id";
  // The golden bytes of docs/formats/record.md, made with tests/evidence/independent.
  EXPECT_EQ(
      to_hex(evidence::encode(outcome)),
      "86f58282756661696c65642d61757468656e7469636174696f6e0382726d616c666f726d65642d7265717565737473010"
      "01b0006608b01611240626964f6");
  EXPECT_TRUE(records(system).empty());
}

TEST_F(Counting, WhatNoAccountCanBeNamedForIsTheServersOwn) {
  refusals.count("", kMalformed);
  refusals.count("nobody", kUnknown);
  refusals.count("TESTER/../", kUnknown);
  record_now();
  EXPECT_EQ(sums(system), (Sums{{"malformed-requests", 1}, {"unknown-accounts", 2}}));
  EXPECT_TRUE(records(world.account()).empty());
}

TEST_F(Counting, NamesThatStrangersMakeUpTakeNoRoom) {
  for (int i = 0; i < 10'000; ++i) refusals.count("account" + std::to_string(i), kUnknown);
  const auto counted = refusals.take();
  ASSERT_EQ(counted.size(), 1u);
  EXPECT_EQ(counted.begin()->second.counts[static_cast<std::size_t>(Refusal::UnknownAccount)], 10'000u);
}

TEST_F(Counting, WhereNothingWasCountedNothingIsRecorded) {
  const auto counting = recorder(std::chrono::milliseconds(2));
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  counting->stop();
  EXPECT_EQ(counting->records(), 0u);
}

TEST_F(Counting, ManyThreadsAreCountedExactly) {
  constexpr std::uint64_t kThreads = 8, kEach = 20'000;
  const auto counting = recorder(std::chrono::milliseconds(2));
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t thread = 0; thread < kThreads; ++thread)
      threads.emplace_back([this] {
        for (std::uint64_t i = 0; i < kEach; ++i) refusals.count(i % 4 == 0 ? "nobody" : "tester", kUnsigned);
      });
  }
  counting->stop();
  EXPECT_EQ(sums(world.account()), (Sums{{"failed-authentication", kThreads * kEach * 3 / 4}}));
  EXPECT_EQ(sums(system), (Sums{{"failed-authentication", kThreads * kEach / 4}}));
  EXPECT_EQ(counting->records(), records(world.account()).size() + records(system).size());
}

TEST_F(Counting, ACommitThatWasLostIsMadeAgain) {
  count_while_it_fails(store::Sync::LosesTheData);
  EXPECT_EQ(sums(world.account()), (Sums{{"failed-authentication", 2}}));
}

TEST_F(Counting, ACommitOfUnknownOutcomeThatTookEffectIsNotMadeAgain) {
  count_while_it_fails(store::Sync::KeepsTheData);
  EXPECT_EQ(sums(world.account()), (Sums{{"failed-authentication", 2}}));
}

TEST_F(Counting, AStopWithADeadDiskEnds) {
  refusals.count("tester", kUnsigned);
  files.state.sync = store::Sync::KeepsTheDataAndDies;
  record_now();
  files.state.sync = store::Sync::Works;
  store::wait_until_commits_are_taken(*world.store);
}

TEST_F(Counting, GoesOnForAnAccountThatIsSuspendedOrHasNoContentAnyMore) {
  auto own = operator_exchange(*world.floors, world.account(), "suspend", "127.0.0.1");
  ChangeSuspension suspend{
      .account = world.account().name, .service = policy::Service::Storage, .suspended = true};
  ASSERT_TRUE(world.run(change_suspension(*world.floors, own, suspend)));
  refusals.count("tester", kUnsigned);
  record_now();
  ASSERT_TRUE(
      world.run(destroy_data_keys(*world.floors, world.accounts, own, world.account().name)).has_value());
  refusals.count("tester", kUnsigned);
  record_now();
  EXPECT_EQ(records(world.account()).size(), 2u);
}

}  // namespace
}  // namespace vitrine::operations
