// Sealed records move from the store into files; whoever reads the journal does not notice.
#include <boost/asio/steady_timer.hpp>
#include <fstream>
#include <thread>

#include "base/file.h"
#include "evidence/journal_export.h"
#include "evidence/journal_verifier.h"
#include "evidence/receipt_verifier.h"
#include "ledger/journal_tiles.h"
#include "ledger/sealed_check.h"
#include "ledger/sealer.h"
#include "operations/accounts.h"
#include "operations/journals.h"
#include "operations/test_exports.h"
#include "operations/test_world.h"
#include "store/database.h"

namespace vitrine::operations {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kTail = 256;

class JournalFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    key.emplace(
        ledger::load_or_create_log_key(world.directory() / "keys/log.key", "test.example/log").value());
  }
  void TearDown() override { sealer.reset(); }

  /// So many more records.
  void record(int count) {
    auto own = world.request();
    for (int i = 0; i < count; ++i) {
      auto made = world.run(create_container(*world.floors, own, {world.container("box"), {}}));
      EXPECT_TRUE(made || made.error().code == Code::ContainerAlreadyExists);
    }
  }

  /// Makes seals, the last of which moves what can be moved.
  void seal() {
    for (int round = 0; round < 2; ++round) {
      sealer = ledger::Sealer::open(*world.ledger, *world.store, *key, system_clock(),
                                    {.log_directory = world.directory() / "log", .journal_tail = kTail})
                   .value();
      sealer->start();
      sealer->stop();
    }
  }

  void record_and_seal(int count) {
    record(count);
    seal();
  }

  void restart() {
    sealer.reset();
    world.reopen();
  }

  [[nodiscard]] std::uint32_t slot() const { return world.account().slot; }
  [[nodiscard]] std::filesystem::path file(const std::string& path) const {
    return world.ledger->journals().files().directory() / ledger::JournalFiles::folder(slot()) / path;
  }
  [[nodiscard]] std::uint64_t front() const { return world.store->journal_front(slot()); }
  [[nodiscard]] std::uint64_t size() const { return world.store->journal_size(slot()); }

  [[nodiscard]] std::vector<std::string> damages() const {
    store::CheckReport report;
    EXPECT_TRUE(ledger::check_sealed_journals(*world.store, world.ledger->journals().files(), report));
    std::vector<std::string> places;
    for (const auto& damage : report.told) places.push_back(damage.place);
    return places;
  }

  /// As the export reads it, at the last seal.
  [[nodiscard]] evidence::Verification verify() {
    sealer = ledger::Sealer::open(*world.ledger, *world.store, *key, system_clock(),
                                  {.log_directory = world.directory() / "log"})
                 .value();
    return verify_export(world, *sealer, key->name);
  }

  TestWorld world{"journal_files_" +
                  std::string(testing::UnitTest::GetInstance()->current_test_info()->name())};
  std::optional<ledger::LogKey> key;
  std::unique_ptr<ledger::Sealer> sealer;
};

TEST_F(JournalFilesTest, FullBundlesOfSealedRecordsMoveAndStayReadable) {
  record_and_seal(700);
  const auto all = world.ledger->journals().records(slot(), 0, SIZE_MAX).value();
  EXPECT_EQ(front(), 512u);
  EXPECT_EQ(all.size(), size());
  for (const auto* path : {"tile/entries/000", "tile/entries/001", "tile/0/000", "tile/0/001"})
    EXPECT_TRUE(std::filesystem::exists(file(path))) << path;
  EXPECT_FALSE(std::filesystem::exists(file("tile/entries/002")));
  EXPECT_FALSE(world.store->look_up(ledger::journal_tile_key(slot(), {.level = 0, .index = 0}))->exists());
  restart();
  EXPECT_EQ(front(), 512u);
  const auto again = world.ledger->journals().records(slot(), 0, SIZE_MAX).value();
  ASSERT_EQ(again.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(again[i].bytes, all[i].bytes) << i;
  EXPECT_TRUE(damages().empty());
  const auto verification = verify();
  EXPECT_TRUE(verification.verified()) << verification.failure()->sentence;
}

TEST_F(JournalFilesTest, AnyPieceOfAJournalCanBeRead) {
  record_and_seal(700);
  const auto all = world.ledger->journals().records(slot(), 0, SIZE_MAX).value();
  for (const std::uint64_t from : {0, 1, 255, 256, 300, 511, 512, 513, 600})
    for (const std::size_t limit : {1, 2, 256, 257, 5000}) {
      const auto piece = world.ledger->journals().records(slot(), from, limit).value();
      ASSERT_EQ(piece.size(), std::min<std::size_t>(limit, all.size() - from));
      EXPECT_EQ(piece.front().bytes, all[from].bytes);
      EXPECT_EQ(piece.back().bytes, all[from + piece.size() - 1].bytes);
    }
  EXPECT_TRUE(world.ledger->journals().records(slot(), all.size(), 1)->empty());
  EXPECT_EQ(world.ledger->journals().read(slot(), tlog::BundleId{.index = 9}).error().code,
            Code::ResourceNotFound);
  EXPECT_EQ(world.ledger->journals().read(slot(), tlog::TileId{.level = 1, .index = 0}).error().code,
            Code::ResourceNotFound);
  EXPECT_EQ(
      world.ledger->journals().read(slot(), tlog::TileId{.level = 63, .index = UINT64_MAX}).error().code,
      Code::ResourceNotFound);
}

TEST_F(JournalFilesTest, ReceiptsOfMovedRecordsVerify) {
  record_and_seal(600);
  restart();
  sealer = ledger::Sealer::open(*world.ledger, *world.store, *key, system_clock(),
                                {.log_directory = world.directory() / "log"})
               .value();
  sealer->start();
  for (const std::uint64_t index : {0, 255, 256, 599}) {
    const auto document = world.run(sealer->receipt({slot(), index}));
    ASSERT_TRUE(document) << document.error().message;
    EXPECT_TRUE(evidence::verify_receipt(*document, key->name).verified()) << index;
  }
}

TEST_F(JournalFilesTest, WhatIsDamagedOrMissingIsNamed) {
  record_and_seal(700);
  auto flip = [](const std::filesystem::path& path) {
    auto content = read_file(path).value();
    content[content.size() / 2] ^= 1;
    ASSERT_TRUE(replace_file(path, as_bytes(content)));
  };
  const auto& journals = world.ledger->journals();
  flip(file("tile/entries/001"));
  const auto spoiled = journals.records(slot(), 300, 1);
  ASSERT_FALSE(spoiled);
  EXPECT_EQ(spoiled.error().code, Code::Corrupt);
  EXPECT_TRUE(spoiled.error().message.contains("tile/entries/001")) << spoiled.error().message;
  EXPECT_TRUE(journals.records(slot(), 0, 256)) << "the others can be read";
  flip(file("tile/entries/001"));
  std::filesystem::remove(file("tile/entries/000"));
  EXPECT_FALSE(journals.records(slot(), 0, 1));
  ASSERT_EQ(damages().size(), 1u);
  EXPECT_TRUE(damages().front().contains("tile/entries/000")) << damages().front();
  std::filesystem::remove(file("tile/0/001"));
  ASSERT_EQ(damages().size(), 2u);
}

TEST_F(JournalFilesTest, ATileThatIsNotThatOfTheTilesBelowIsNamed) {
  record_and_seal(700);
  auto content = read_file(file("tile/0/001")).value();
  content.front() ^= 1;
  ASSERT_TRUE(replace_file(file("tile/0/001"), as_bytes(content)));
  ASSERT_FALSE(damages().empty());
  EXPECT_TRUE(damages().front().contains("tile/1/")) << damages().front();
}

TEST_F(JournalFilesTest, WithoutRoomForFilesSealsGoOn) {
  ASSERT_TRUE(replace_file(world.ledger->journals().files().directory(), as_bytes("in the way")));
  record_and_seal(700);
  EXPECT_EQ(front(), 0u);
  EXPECT_TRUE(damages().empty());
  std::filesystem::remove(world.ledger->journals().files().directory());
  seal();
  EXPECT_EQ(front(), 512u) << "made up for";
  EXPECT_TRUE(verify().verified());
}

TEST_F(JournalFilesTest, WhatACrashLeftBeforeTheCommitIsWrittenAgain) {
  record(700);
  // As if the files of a first try were torn, and its commit had not come.
  ASSERT_TRUE(replace_file(file("tile/entries/000"), as_bytes("torn")));
  ASSERT_TRUE(replace_file(file("tile/0/001"), as_bytes("torn")));
  EXPECT_TRUE(world.ledger->journals().records(slot(), 0, 256)) << "the store still has them";
  seal();
  EXPECT_EQ(front(), 512u);
  EXPECT_TRUE(damages().empty());
  EXPECT_TRUE(verify().verified());
}

TEST_F(JournalFilesTest, AJournalOfManyBundlesHasTilesAboveThem) {
  record_and_seal(256 * 3);
  // Level 1 becomes full with 65,536 records: as many are too slow here; its partial tile is in rows.
  EXPECT_TRUE(damages().empty());
  const auto tile = world.ledger->journals().read(slot(), tlog::TileId{.level = 1, .index = 0, .width = 3});
  ASSERT_TRUE(tile);
  for (unsigned i = 0; i < 3; ++i) {
    const auto below = world.ledger->journals().read(slot(), tlog::TileId{.level = 0, .index = i}).value();
    EXPECT_EQ(tlog::decode_tile(*tile, 3).value()[i],
              tlog::root_of_perfect(tlog::decode_tile(below, tlog::kTileWidth).value()));
  }
}

TEST_F(JournalFilesTest, ARecordThatNoBundleTakesIsNotMade) {
  const auto before = size();
  auto own = world.request();
  auto decision = world.gate->decide(
      own, {.action = policy::actions::kBlobGet, .resource = {"tester", "box", "b"}, .bounds = {}});
  const auto refused =
      world.run(world.ledger->commit(own, std::move(decision), {.version = std::string(70'000, 'v')}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::OutOfRangeInput);
  EXPECT_EQ(size(), before);
}

TEST_F(JournalFilesTest, AStoreWhoseTreeIsNotTheSealedOneIsNotServed) {
  record_and_seal(300);
  const auto row = ledger::journal_tile_key(
      slot(), {.level = 0, .index = 1, .width = static_cast<unsigned>(size() % tlog::kTileWidth)});
  world.close();
  {
    auto database =
        store::Database::open(store::posix_file_layer(), world.directory() / "metadata", {1 << 20, 1 << 20})
            .value();
    auto tile = std::string(as_text(database->get(store::Family::State, row.bytes).value().bytes()));
    ASSERT_FALSE(tile.empty());
    tile.back() ^= 1;
    auto batch = database->new_batch();
    batch->put(store::Family::State, row.bytes, {tile});
    ASSERT_TRUE(database->write(*batch));
  }
  world.reopen();
  const auto opened = ledger::Sealer::open(*world.ledger, *world.store, *key, system_clock(),
                                           {.log_directory = world.directory() / "log"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::Corrupt);
}

TEST_F(JournalFilesTest, ReadingAJournalIsOnRecord) {
  record_and_seal(300);
  auto own = world.request();
  const auto bundle =
      world.run(read_journal(*world.floors, own, world.account().name, tlog::BundleId{.index = 0}, {}));
  ASSERT_TRUE(bundle) << bundle.error().message;
  EXPECT_EQ(tlog::split_bundle(*bundle, tlog::kTileWidth)->size(), tlog::kTileWidth);
  EXPECT_EQ(world.records().back().what.action, "journal.read");
  EXPECT_EQ(world.records().back().what.blob, "tile/entries/000");
  const auto missing =
      world.run(read_journal(*world.floors, own, world.account().name, tlog::BundleId{.index = 7}, {}));
  EXPECT_EQ(missing.error().code, Code::ResourceNotFound);
  EXPECT_EQ(world.records().back().outcome.status, 404u);
}

class ExportTest : public JournalFilesTest {
 protected:
  void SetUp() override {
    JournalFilesTest::SetUp();
    record_and_seal(300);
    sealer = ledger::Sealer::open(*world.ledger, *world.store, *key, system_clock(),
                                  {.log_directory = world.directory() / "log"})
                 .value();
    sealer->start();
  }
  void TearDown() override {
    sealer->stop();
    JournalFilesTest::TearDown();
  }

  Result<ExportBegun> begin(policy::Exchange& own) {
    return world.run(export_journal(*world.floors, *sealer, own, world.account().name));
  }
  Result<Bytes> read(policy::Exchange& own, std::string_view under, tlog::BundleId bundle = {}) {
    return world.run(read_journal(*world.floors, own, world.account().name, bundle, under));
  }
};

TEST_F(ExportTest, AnExportIsOneRecordWhichItHas) {
  auto own = world.request();
  const auto begun = begin(own).value();
  EXPECT_EQ(world.records().back().what.action, "journal.export");
  EXPECT_EQ(begun.head.head.size, size());
  auto later = world.request();
  EXPECT_TRUE(read(later, begun.token));
  EXPECT_EQ(later.receipt, own.receipt);
  EXPECT_EQ(size(), begun.head.head.size) << "what is read for an export is not on record once more";
}

TEST_F(ExportTest, AnExportReachesAsFarAsItsHead) {
  auto own = world.request();
  const auto begun = begin(own).value();
  const auto end = static_cast<unsigned>(begun.head.head.size % tlog::kTileWidth);
  record(5);
  auto later = world.request();
  EXPECT_TRUE(read(later, begun.token, {.index = 1, .width = end}));
  EXPECT_EQ(read(later, begun.token, {.index = 1, .width = end + 1}).error().code, Code::InvalidHeaderValue);
  EXPECT_EQ(read(later, begun.token, {.index = 2, .width = 1}).error().code, Code::InvalidHeaderValue);
}

TEST_F(ExportTest, OnlyWhoBeganItReadsUnderAnExport) {
  auto own = world.request();
  const auto token = begin(own)->token;
  auto stranger = operator_exchange(*world.floors, world.account(), "read", "127.0.0.1");
  EXPECT_EQ(read(stranger, token).error().code, Code::InvalidHeaderValue);
  EXPECT_EQ(world.records().back().outcome.status, 400u);
}

TEST_F(ExportTest, OtherRecordsAreNoExport) {
  auto own = world.request();
  const auto begun = begin(own).value();
  auto reading = world.request();
  ASSERT_TRUE(read(reading, {}));
  EXPECT_EQ(world.records().back().what.action, "journal.read");
  auto again = world.request();
  const auto end = begun.token.substr(begun.token.size() / 2);
  for (const auto& token : {reading.receipt, reading.receipt + end, own.receipt, own.receipt + own.receipt,
                            end + own.receipt, std::string("0123")})
    EXPECT_EQ(read(again, token).error().code, Code::InvalidHeaderValue);
}

TEST_F(ExportTest, AnExportEndsAfterAnHour) {
  for (const auto age : {kExportLasts + 1min, -kExportLasts - 1min}) {
    auto own = world.request();
    own.received -= age;
    const auto token = begin(own)->token;
    auto late = world.request();
    EXPECT_EQ(read(late, token).error().code, Code::InvalidHeaderValue);
  }
}

TEST_F(ExportTest, WhatTheGateDeniesIsNotReadUnderAnExport) {
  auto own = world.request();
  const auto token = begin(own)->token;
  const auto before = size();
  auto other_purpose = world.request("nothing-of-the-kind");
  EXPECT_EQ(read(other_purpose, token).error().code, Code::PolicyDenied);
  EXPECT_EQ(size(), before + 1) << "a denial is on record, also of what is read for an export";
}

}  // namespace
}  // namespace vitrine::operations
