// Promises of real operations: given to who asks, one signature a round, and kept by the seals that follow.
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <map>
#include <thread>

#include "evidence/promise_verifier.h"
#include "ledger/sealer.h"
#include "operations/settle.h"
#include "operations/suspensions.h"
#include "operations/test_world.h"

namespace vitrine::operations {
namespace {

class Promises : public testing::Test {
 protected:
  void SetUp() override {
    auto own = world.request();
    ASSERT_TRUE(world.run(create_container(*world.floors, own, {world.container("box"), {}})));
  }

  void seal_each(std::chrono::milliseconds tick) {
    sealer = ledger::Sealer::open(*world.ledger, *world.store, *world.log_key, system_clock(),
                                  {.log_directory = world.directory() / "log", .tick = tick})
                 .value();
    sealer->start();
  }

  /// Asks for the properties of a blob that is not there: answered 404, on record.
  Task<Result<HeadAnswer>> look(policy::Exchange& own) {
    co_return co_await get_blob_properties(*world.floors, own, {world.blob("box", "nothing"), {}});
  }

  /// So many at once; every second one asks for a promise.
  std::vector<policy::Exchange> look_at_once(std::size_t count) {
    std::vector<policy::Exchange> requests(count, world.request());
    for (std::size_t i = 0; i < count; ++i) requests[i].asks_promise = i % 2 == 0;
    auto all = [&]() -> Task<bool> {
      auto executor = co_await boost::asio::this_coro::executor;
      std::size_t done = 0;
      for (auto& request : requests) {
        auto one = [&]() -> Task<void> {
          (void)co_await look(request);
          ++done;
        };
        boost::asio::co_spawn(executor, one, boost::asio::detached);
      }
      while (done < count) co_await yield();
      co_return true;
    };
    world.run(all());
    return requests;
  }

  [[nodiscard]] evidence::Promise promise_of(const policy::Exchange& request) const {
    return evidence::parse_promise(request.promise).value();
  }

  Result<std::string> receipt(const policy::Exchange& request) {
    return world.run(sealer->receipt(world.ledger->tokens().open(request.receipt).value()));
  }

  TestWorld world{"promises_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name())};
  std::unique_ptr<ledger::Sealer> sealer;
};

TEST_F(Promises, WhoAsksGetsOneAndNobodyElse) {
  for (const auto& request : look_at_once(64)) {
    EXPECT_EQ(request.promise.empty(), !request.asks_promise);
    EXPECT_FALSE(request.receipt.empty());
  }
}

TEST_F(Promises, AreOfTheRecordsThatWereMade) {
  const auto requests = look_at_once(32);
  for (const auto& request : requests) {
    if (!request.asks_promise) continue;
    const auto verified = evidence::verify_promise(request.promise, world.log_key->name);
    EXPECT_TRUE(verified.verified());
    const auto promised = promise_of(request).record;
    const auto place = world.ledger->tokens().open(request.receipt).value();
    EXPECT_EQ(promised.index, place.index);
    EXPECT_EQ(promised.journal.bytes, world.account().journal);
    EXPECT_EQ(promised.leaf, world.store->scan_journal(place.slot, place.index, 1).value().front().leaf);
  }
}

TEST_F(Promises, OneSignatureServesARound) {
  const auto before = world.store->activity().rounds;
  const auto requests = look_at_once(64);
  const auto rounds = world.store->activity().rounds - before;
  std::map<evidence::Digest, std::vector<evidence::Promise>> by_root;
  for (const auto& request : requests)
    if (request.asks_promise) by_root[promise_of(request).round.root].push_back(promise_of(request));
  EXPECT_LE(by_root.size(), rounds);
  std::size_t largest = 0;
  for (const auto& [root, promises] : by_root) {
    EXPECT_EQ(promises.size(), promises.front().round.size) << "who asked, and nobody else, is in the tree";
    for (const auto& promise : promises) EXPECT_EQ(promise.signature, promises.front().signature);
    largest = std::max(largest, promises.size());
  }
  EXPECT_GT(largest, 1u);
}

TEST_F(Promises, ADenialIsPromisedToo) {
  auto own = world.request("journalism");
  own.asks_promise = true;
  auto denied = world.run(look(own));
  EXPECT_EQ(denied.error().code, Code::PolicyDenied);
  EXPECT_TRUE(evidence::verify_promise(own.promise, world.log_key->name).verified());
}

TEST_F(Promises, AreKeptByTheSealThatTheyName) {
  seal_each(std::chrono::milliseconds(60));  // longer than a receipt waits for the seal under way
  for (int round = 0; round < 20; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(7 * round % 60));
    auto own = world.request();
    own.asks_promise = true;
    (void)world.run(look(own));
    const auto due = promise_of(own).round.seal;
    auto document = receipt(own);
    while (!document && document.error().code == Code::ReceiptNotReady) document = receipt(own);
    ASSERT_TRUE(document) << document.error().message;
    const auto kept = evidence::verify_promise(own.promise, world.log_key->name, *document);
    ASSERT_TRUE(kept.verified()) << kept.failure()->sentence;
    EXPECT_FALSE(kept.checks().back().sentence.contains("as far as"))
        << "the first seal that has it is not behind seal " << due << ": " << kept.checks().back().sentence;
  }
}

TEST_F(Promises, NameASealThatIsMadeAlsoAfterARestart) {
  seal_each(std::chrono::milliseconds(3));
  while (sealer->seals() < 3) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  auto own = world.request();
  own.asks_promise = true;
  sealer.reset();
  (void)world.run(look(own));
  const auto due = promise_of(own).round.seal;
  world.reopen();
  seal_each(std::chrono::hours(1));
  while (sealer->seals() < 1) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const auto document = receipt(own);
  ASSERT_TRUE(document) << document.error().message;
  const auto kept = evidence::verify_promise(own.promise, world.log_key->name, *document);
  ASSERT_TRUE(kept.verified()) << kept.failure()->sentence;
  EXPECT_TRUE(kept.checks().back().sentence.contains(std::to_string(due))) << kept.checks().back().sentence;
  EXPECT_FALSE(kept.checks().back().sentence.contains("as far as")) << kept.checks().back().sentence;
}

}  // namespace
}  // namespace vitrine::operations
