// The evidence of real operations, sealed and verified as an outsider would.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fstream>
#include <thread>

#include "base/encoding.h"
#include "base/file.h"
#include "evidence/log_verifier.h"
#include "evidence/receipt.h"
#include "evidence/receipt_verifier.h"
#include "ledger/sealed_check.h"
#include "ledger/sealer.h"
#include "operations/suspensions.h"
#include "operations/test_world.h"
#include "store/database.h"
#include "store/encoding.h"
#include "tlog/checkpoint.h"

namespace vitrine::operations {
namespace {

class Sealing : public testing::Test {
 protected:
  void SetUp() override { open(); }

  void open() {
    key = &*world.log_key;
    sealer = ledger::Sealer::open(*world.ledger, *world.store, *key, system_clock(),
                                  {.log_directory = log_directory(), .tick = std::chrono::milliseconds(20)})
                 .value();
    sealer->start();
  }

  /// Ends everything as a clean stop does, and starts it again.
  void restart() {
    sealer.reset();
    world.reopen();
    open();
  }

  [[nodiscard]] std::filesystem::path log_directory() const { return world.directory() / "log"; }

  std::string put_something(const std::string& name) {
    auto own = world.request();
    TextInput body("text");
    auto made = world.run(create_container(*world.floors, own, {world.container("box"), {}}));
    EXPECT_TRUE(made || made.error().code == Code::ContainerAlreadyExists);
    auto request = PutBlob{.blob = world.blob("box", name), .length = 4};
    EXPECT_TRUE(world.run(put_blob(*world.floors, own, request, body)));
    return own.receipt;
  }

  /// The receipt document, as soon as a seal covers the record.
  Result<std::string> receipt(const std::string& token) {
    auto place = world.ledger->tokens().open(token).value();
    for (int tries = 0; tries < 500; ++tries) {
      auto document = world.run(sealer->receipt(place));
      if (document || document.error().code != Code::ReceiptNotReady) return document;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return fail(Code::ReceiptNotReady, "no seal came");
  }

  /// Behind the closed store's back.
  void change_rows(const std::function<void(store::Batch&)>& change) {
    world.close();
    {
      auto database =
          store::Database::open(store::posix_file_layer(), world.directory() / "metadata", {1 << 20, 1 << 20})
              .value();
      auto batch = database->new_batch();
      change(*batch);
      ASSERT_TRUE(database->write(*batch));
    }
    world.reopen();
  }

  evidence::Verification verify_published_log(const std::optional<std::string>& since = {}) {
    auto read = [this](const std::string& path) -> Result<Bytes> {
      return to_bytes(as_bytes(TRY(read_file(log_directory() / path))));
    };
    return evidence::verify_log(read, key->name, since);
  }

  TestWorld world{"sealing_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name())};
  const ledger::LogKey* key = nullptr;
  std::unique_ptr<ledger::Sealer> sealer;
};

std::string explain(const evidence::Verification& verification) {
  return verification.failure() ? verification.failure()->sentence + " " + verification.failure()->place : "";
}

TEST_F(Sealing, AReceiptOfARealOperationVerifies) {
  auto document = receipt(put_something("a"));
  ASSERT_TRUE(document) << document.error().message;
  auto verification = evidence::verify_receipt(*document, key->name);
  EXPECT_TRUE(verification.verified()) << explain(verification);
  EXPECT_NE(document->find("blob.put"), std::string::npos);
}

TEST_F(Sealing, AnAccountWithoutAnyRecordInItsFirstSealIsNotForgotten) {
  // The seal that announces an account may come between its entry and the count of its records.
  sealer->stop();
  sealer.reset();
  ledger::SealedJournals journals(*world.store, *key, world.ledger->journals().files());
  ASSERT_TRUE(journals.load());
  auto slots = journals.slots();
  auto own = operator_exchange(*world.floors, world.account(), "create", "127.0.0.1");
  auto name = *identity::AccountName::parse("second");
  ASSERT_TRUE(world.run(
      create_account(*world.floors, world.accounts, own, {name, world.account().organisation, {}})));
  auto row = journals.add(static_cast<std::uint32_t>(slots));
  ASSERT_TRUE(row);
  EXPECT_TRUE(row->value.has_value()) << "the slot must be known to the next load";
  open();
  ASSERT_TRUE(receipt(own.receipt));
}

TEST_F(Sealing, ThePublishedLogVerifiesAcrossRestarts) {
  std::string first_checkpoint;
  for (int round = 0; round < 3; ++round) {
    auto token = put_something("b" + std::to_string(round));
    ASSERT_TRUE(receipt(token));
    sealer->stop();
    auto verification = verify_published_log();
    ASSERT_TRUE(verification.verified()) << explain(verification);
    if (first_checkpoint.empty()) first_checkpoint = read_file(log_directory() / "checkpoint").value();
    restart();
    ASSERT_TRUE(evidence::verify_receipt(receipt(token).value(), key->name).verified())
        << "an old record still proves";
  }
  sealer->stop();
  auto grown = verify_published_log(first_checkpoint);
  EXPECT_TRUE(grown.verified()) << explain(grown);
}

/// The newest rows of a journal went: none that are left tell of it.
TEST_F(Sealing, AJournalThatLostItsEndIsNamed) {
  const auto token = put_something("a");
  ASSERT_TRUE(receipt(token));
  sealer.reset();
  const auto slot = world.account().slot;
  const auto size = world.store->journal_size(slot);
  const auto told = [&] {
    store::CheckReport report;
    EXPECT_TRUE(ledger::check_sealed_journals(*world.store, world.ledger->journals().files(), report));
    return report.told;
  };
  EXPECT_TRUE(told().empty());
  change_rows(
      [&](auto& batch) { batch.erase(store::Family::Journal, as_text(store::journal_key(slot, size - 1))); });
  const std::vector<store::Damage> end_missing{
      {fmt::format("journal {}", slot),
       fmt::format("records {} to {} are missing at its end: seals cover {} records", size - 1, size - 1,
                   size)}};
  EXPECT_EQ(told(), end_missing);
  EXPECT_EQ(world.store->check([](std::uint64_t) {}).damages, 0u) << "the rows that are left are whole";
  change_rows(
      [&](auto& batch) { batch.erase(store::Family::State, fmt::format("sealed-size/{:08x}", slot)); });
  const std::vector<store::Damage> size_missing{
      {fmt::format("journal {}", slot), "its end cannot be told: the row of its sealed size is missing"}};
  EXPECT_EQ(told(), size_missing);
}

/// Record and leaf are rewritten together, so that they fit; what was sealed they do not.
TEST_F(Sealing, ARecordRewrittenInTheStoreHasNoReceiptThatVerifies) {
  const auto token = put_something("a");
  const auto place = world.ledger->tokens().open(token).value();
  ASSERT_TRUE(evidence::verify_receipt(receipt(token).value(), key->name).verified());
  sealer.reset();
  const auto row = world.store->scan_journal(place.slot, place.index, 1).value().front();
  auto record = evidence::decode_record(as_bytes(row.bytes)).value();
  auto contents = evidence::read_contents(record).value();
  contents.what.blob = "another";
  record = evidence::make_record(record.journal, contents, {});
  const auto leaf = evidence::leaf(record);
  const auto bytes = evidence::encode_record(record);
  change_rows([&](auto& batch) {
    batch.put(store::Family::Journal, as_text(store::journal_key(place.slot, place.index)),
              {as_text(leaf), as_text(bytes)});
  });
  store::CheckReport report;
  EXPECT_TRUE(ledger::check_sealed_journals(*world.store, world.ledger->journals().files(), report));
  const std::vector<store::Damage> exchanged{
      {fmt::format("journal {}, record {}", place.slot, place.index),
       "it is not the one that was sealed: the journal's tree has the hash of another"}};
  EXPECT_EQ(report.told, exchanged);
  open();
  const auto forged = receipt(token).value();
  EXPECT_NE(forged.find("another"), std::string::npos);
  const auto verification = evidence::verify_receipt(forged, key->name);
  ASSERT_NE(verification.failure(), nullptr);
  EXPECT_EQ(verification.failure()->name, "journal");
}

TEST_F(Sealing, ALogThatIsAheadOfTheStoreIsNotContinued) {
  ASSERT_TRUE(receipt(put_something("c")));
  sealer->stop();
  sealer.reset();
  world.close();
  // An older state of the store under a log that went on: here, none at all.
  for (const auto& entry : std::filesystem::directory_iterator(world.directory()))
    if (entry.path().filename() != "log" && entry.path().filename() != "keys")
      std::filesystem::remove_all(entry);
  auto empty = store::Store::open({.directory = world.directory()}).value();
  ledger::Ledger fresh(*empty, as_bytes("secret"), world.ledger_files());
  auto opened = ledger::Sealer::open(fresh, *empty, *key, system_clock(), {.log_directory = log_directory()});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::Corrupt);
}

TEST_F(Sealing, ALogOfTheSameLengthWithOtherEntriesIsNotContinued) {
  ASSERT_TRUE(receipt(put_something("c")));
  sealer->stop();
  sealer.reset();
  auto document = read_file(log_directory() / "checkpoint").value();
  auto checkpoint = tlog::open_checkpoint(document, key->name).value();
  checkpoint.root[0] ^= 1;
  auto forged = tlog::sign_checkpoint(checkpoint, key->name, key->signing).value();
  ASSERT_TRUE(replace_file(log_directory() / "checkpoint", as_bytes(forged)));
  auto options = ledger::SealerOptions{.log_directory = log_directory()};
  auto opened = ledger::Sealer::open(*world.ledger, *world.store, *key, system_clock(), options);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("are not those of the store"), std::string::npos);
  ASSERT_TRUE(replace_file(log_directory() / "checkpoint", as_bytes(document)));
  EXPECT_TRUE(ledger::Sealer::open(*world.ledger, *world.store, *key, system_clock(), options));
}

TEST_F(Sealing, ACheckpointThatCannotBeReadIsNotTakenForNone) {
  ASSERT_TRUE(receipt(put_something("c")));
  sealer->stop();
  sealer.reset();
  auto file = log_directory() / "checkpoint";
  auto document = read_file(file).value();
  auto reopened = [&] {
    return ledger::Sealer::open(*world.ledger, *world.store, *key, system_clock(),
                                {.log_directory = log_directory()});
  };
  auto damaged = document;
  damaged[damaged.find('\n') + 1] ^= 1;
  auto foreign = crypto::SigningKey::generate();
  auto other = tlog::NoteKey::make("other.example/log", foreign.public_key()).value();
  auto of_another_log =
      tlog::sign_checkpoint({.origin = other.name(), .size = 1, .root = {}, .extensions = {}}, other, foreign)
          .value();
  for (const auto& content : {damaged, of_another_log, std::string()}) {
    ASSERT_TRUE(replace_file(file, as_bytes(content)));
    auto opened = reopened();
    ASSERT_FALSE(opened) << content;
    EXPECT_EQ(opened.error().code, Code::Corrupt);
    EXPECT_NE(opened.error().message.find("Put the newest checkpoint back"), std::string::npos);
    EXPECT_EQ(read_file(file).value(), content) << "nothing is overwritten";
  }
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  EXPECT_FALSE(reopened()) << "there is something, and it cannot be read";
  std::filesystem::remove(file);
  ASSERT_TRUE(replace_file(file, as_bytes(document)));
  EXPECT_TRUE(reopened());
}

class StoppedClock final : public Clock {
 public:
  explicit StoppedClock(Timestamp time) : time_(time) {}
  [[nodiscard]] Timestamp now() const override { return time_; }

 private:
  Timestamp time_;
};

TEST_F(Sealing, AClockThatIsSetBackDatesNoSealBack) {
  ASSERT_TRUE(receipt(put_something("a")));
  sealer.reset();
  const StoppedClock yesterday(system_clock().now() - std::chrono::days(1));
  sealer = ledger::Sealer::open(*world.ledger, *world.store, *key, yesterday,
                                {.log_directory = log_directory(), .tick = std::chrono::milliseconds(20)})
               .value();
  sealer->start();
  // With that clock everything that is dated goes into the log: a start, a suspension, seals.
  auto own = operator_exchange(*world.floors, world.account(), "suspend", "127.0.0.1");
  const auto floors = Floors{world.floors->store, world.floors->gate,  world.floors->ledger, yesterday,
                             world.floors->keys,  world.floors->heads, world.floors->turns};
  const auto suspended = world.run(change_suspension(
      floors, own, {.account = world.account().name, .service = policy::Service::Image, .suspended = true}));
  ASSERT_TRUE(suspended) << suspended.error().message;
  ASSERT_TRUE(receipt(put_something("b")));
  sealer->stop();
  auto verification = verify_published_log();
  EXPECT_TRUE(verification.verified()) << explain(verification);
}

/// Until then whoever held the receipt against the published log would take the log for one that went back.
TEST_F(Sealing, AReceiptIsGivenOutOnceItsCheckpointIsPublished) {
  ASSERT_TRUE(receipt(put_something("a")));
  // A directory in the checkpoint's place cannot be replaced by a file.
  std::filesystem::remove(log_directory() / "checkpoint");
  std::filesystem::create_directories(log_directory() / "checkpoint/in-the-way");
  const auto token = put_something("b");
  const auto place = world.ledger->tokens().open(token).value();
  const auto seals = sealer->seals();
  while (sealer->seals() < seals + 3) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const auto early = world.run(sealer->receipt(place));
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, Code::ReceiptNotReady);
  const auto head = world.run(sealer->journal_head(place));
  ASSERT_FALSE(head);
  EXPECT_EQ(head.error().code, Code::ReceiptNotReady);
  const auto promised = world.run(sealer->receipt(place, ledger::ReceiptLevel::Promised));
  ASSERT_TRUE(promised) << "there is a promise all the while";
  EXPECT_TRUE(evidence::verify_receipt(*promised, key->name).verified());
  std::filesystem::remove_all(log_directory() / "checkpoint");
  const auto sealed = evidence::read_receipt(receipt(token).value()).value();
  const auto verification = verify_published_log(sealed.sealed.checkpoint);
  EXPECT_TRUE(verification.verified()) << explain(verification);
}

TEST_F(Sealing, APublicationThatFailsIsToldApartFromSealing) {
  sealer.reset();
  sealer = ledger::Sealer::open(*world.ledger, *world.store, *key, system_clock(),
                                {.log_directory = log_directory(),
                                 .tick = std::chrono::milliseconds(50),
                                 .patience = std::chrono::milliseconds(0)})
               .value();
  sealer->start();
  auto waited = [](auto holds) {
    for (int tries = 0; tries < 1000 && !holds(); ++tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return holds();
  };
  auto publication_lags = [this] {
    auto up = sealer->keeps_up();
    return !up && up.error().message.find("files have not been written") != std::string::npos;
  };
  // A directory in the checkpoint's place cannot be replaced by a file.
  std::filesystem::remove(log_directory() / "checkpoint");
  std::filesystem::create_directories(log_directory() / "checkpoint/in-the-way");
  EXPECT_TRUE(waited(publication_lags)) << "seals go on, and nothing reaches the log's files";
  std::filesystem::remove_all(log_directory() / "checkpoint");
  EXPECT_TRUE(waited([this] { return sealer->keeps_up().has_value(); }));
  sealer->stop();
  EXPECT_TRUE(verify_published_log().verified()) << "what was missed has been written";
}

TEST_F(Sealing, DamageInThePublishedLogIsFound) {
  ASSERT_TRUE(receipt(put_something("d")));
  sealer->stop();
  int found = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(log_directory() / "tile")) {
    if (!entry.is_regular_file()) continue;
    auto content = read_file(entry.path()).value();
    if (content.empty()) continue;
    auto changed = content;
    changed[changed.size() / 2] ^= 1;
    ASSERT_TRUE(replace_file(entry.path(), as_bytes(changed)));
    auto relative = std::filesystem::relative(entry.path(), log_directory()).string();
    auto verification = verify_published_log();
    // Outgrown partial tiles are no part of the log any more: their damage does not matter.
    if (!verification.verified()) {
      ++found;
      // Whether the entry or its hash was changed cannot be told: the place is the same in both files.
      EXPECT_NE(explain(verification).find(relative.substr(relative.find("000"))), std::string::npos)
          << explain(verification);
    }
    ASSERT_TRUE(replace_file(entry.path(), as_bytes(content)));
  }
  EXPECT_EQ(found, 2) << "the one current hash tile and the one current bundle";
  auto checkpoint = read_file(log_directory() / "checkpoint").value();
  checkpoint[checkpoint.find('\n') + 1] ^= 1;
  ASSERT_TRUE(replace_file(log_directory() / "checkpoint", as_bytes(checkpoint)));
  EXPECT_FALSE(verify_published_log().verified());
}

TEST_F(Sealing, ASuspensionLeavesAPublicTraceWithoutNamingAnyone) {
  auto own = operator_exchange(*world.floors, world.account(), "suspend", "127.0.0.1");
  auto changed =
      world.run(change_suspension(*world.floors, own, {world.account().name, policy::Service::Image, true}));
  ASSERT_TRUE(changed && changed->salt);
  ASSERT_TRUE(receipt(own.receipt));
  sealer->stop();
  std::string entries;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(log_directory() / "tile/entries"))
    if (entry.is_regular_file()) entries += read_file(entry.path()).value();
  EXPECT_NE(entries.find("suspension"), std::string::npos);
  EXPECT_EQ(entries.find("tester"), std::string::npos);
  // Whoever is given the salts can show whom the entries are about.
  EXPECT_NE(entries.find(as_text(evidence::subject_commitment(*changed->salt, "tester"))), std::string::npos);
  EXPECT_NE(entries.find(as_text(evidence::account_commitment({world.account().log_salt}, "tester",
                                                              {world.account().journal}, {}))),
            std::string::npos);
}

}  // namespace
}  // namespace vitrine::operations
