// One bit of one file turns over, anywhere: what is read is what was written or refused, nothing is lost in
// silence, and the alarm names the place.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "store/memory_disk.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

constexpr int kSteps = 60;
constexpr std::uint64_t kTrimmed = 10;

/// Small buffers, so that part of it lies in tables and part in the log.
Options options(MemoryDisk& disk) {
  return {.directory = "/disk", .write_buffer_bytes = 128 << 10, .extent_bytes = 1 << 20, .files = &disk};
}

std::string name(int step) {
  return fmt::format("step {:02}", step);
}
std::string inline_body(int step) {
  return std::string(static_cast<std::size_t>(500 + step * 150), static_cast<char>(step));
}
/// Some of several frames, some of a few bytes, none for most.
std::optional<Bytes> segment_body(int step) {
  if (step % 6 == 0) return Bytes(150'000, static_cast<std::uint8_t>(step));
  if (step % 6 == 3) return Bytes(700, static_cast<std::uint8_t>(step));
  return std::nullopt;
}
const Key kMarker{Table::State, "last"};

/// A disk as a crash leaves it between two commits, with rows of every kind.
class Image {
 public:
  Image() {
    auto store = *Store::open(options(disk_));
    for (int step = 0; step < kSteps; ++step) {
      if (step == kSteps / 2) {
        store.reset();
        store = *Store::open(options(disk_));
      }
      take(*store, step);
    }
    before_last_ = disk_.files();
    EXPECT_TRUE(commit(*store, {.writes = {{kMarker, "here"}}}));
    crashed_ = disk_.clone();
  }

  [[nodiscard]] std::unique_ptr<MemoryDisk> copy() const { return crashed_->clone(); }
  /// Damage to the very last batch of the log cannot be told from a torn one.
  [[nodiscard]] bool is_last_batch(const std::filesystem::path& file, std::uint64_t offset) const {
    const auto before = before_last_.find(file);
    const auto begin = before == before_last_.end() ? 0 : before->second;
    return file.extension() == ".log" && offset >= begin;
  }

 private:
  static void take(Store& store, int step) {
    Commit change{.writes = {{{Table::State, name(step)}, "state"},
                             {{Table::Rows, name(step)}, "row"},
                             {{Table::Bodies, name(step)}, inline_body(step)}},
                  .deltas = {{"steps", 1}, {"even", step % 2}},
                  .records = {{1, {}, name(step)}, {2, {}, name(step)}}};
    std::string head = "inline";
    if (const auto body = segment_body(step)) {
      const auto segment = *run(write_segment(store, *body));
      head = as_text(segment.id());
      change.adopts.push_back(segment);
    }
    change.writes.push_back({{Table::Heads, name(step)}, head});
    if (step == 20) change.trims.push_back({2, kTrimmed});
    ASSERT_TRUE(commit(store, std::move(change)));
  }

  MemoryDisk disk_;
  std::map<std::filesystem::path, std::uint64_t> before_last_;
  std::unique_ptr<MemoryDisk> crashed_;
};

/// Reads everything that was written. Other bytes than those, or none at all, fail the test.
class Reader {
 public:
  Reader(Store& store, bool may_lack_marker) : store_(store), may_lack_marker_(may_lack_marker) {}

  /// What the refused reads said.
  std::vector<std::string> read() {
    rows(Table::State, may_lack_marker_ && !has_marker() ? kSteps : kSteps + 1);
    rows(Table::Heads, kSteps);
    rows(Table::Rows, kSteps);
    for (int step = 0; step < kSteps; ++step) bodies(step);
    journal(1, 0);
    journal(2, kTrimmed);
    if (const auto steps = got(store_.counter("steps"))) EXPECT_EQ(*steps, kSteps);
    if (const auto even = got(store_.counter("even"))) EXPECT_EQ(*even, kSteps / 2);
    return std::move(refused_);
  }

 private:
  template <class T>
  std::optional<T> got(Result<T> result) {
    if (result) return std::move(*result);
    refused_.push_back(result.error().message);
    return std::nullopt;
  }

  bool has_marker() {
    const auto marker = store_.look_up(kMarker);
    return !marker || marker->exists();
  }
  void rows(Table table, int count) {
    const auto all = got(store_.scan(table, "", "", SIZE_MAX));
    if (!all) return;
    EXPECT_EQ(all->size(), static_cast<std::size_t>(count)) << "table " << static_cast<int>(table);
    for (int step = 0; step < std::min<int>(kSteps, static_cast<int>(all->size())); ++step) {
      const auto& row = (*all)[static_cast<std::size_t>(step + (all->size() > kSteps ? 1 : 0))];
      EXPECT_EQ(row.key, name(step));
      EXPECT_EQ(row.version, static_cast<Version>(step + 1));
      if (table == Table::State) EXPECT_EQ(row.value, "state");
      if (table == Table::Rows) EXPECT_EQ(row.value, "row");
    }
  }
  void bodies(int step) {
    if (const auto body = got(store_.fetch_body(name(step)))) {
      EXPECT_TRUE(body->exists()) << step;
      if (body->exists()) EXPECT_EQ(as_text(body->bytes(StoreTestPeer::read_access())), inline_body(step));
    }
    const auto head = got(store_.look_up({Table::Heads, name(step)}));
    const auto wanted = segment_body(step);
    if (!head) return;
    if (!wanted) {
      EXPECT_EQ(head->value, "inline");
      return;
    }
    SegmentId id{};
    ASSERT_EQ(head->value.size(), id.size());
    std::ranges::copy(as_bytes(head->value), id.begin());
    if (const auto bytes = got(run(read_segment(store_, id, wanted->size())))) EXPECT_EQ(*bytes, *wanted);
  }
  void journal(std::uint32_t slot, std::uint64_t from) {
    const auto records = got(store_.scan_journal(slot, from, SIZE_MAX));
    if (!records) return;
    EXPECT_EQ(records->size(), kSteps - from);
    for (std::size_t i = 0; i < records->size(); ++i)
      EXPECT_EQ((*records)[i].bytes, name(static_cast<int>(from + i)));
  }

  Store& store_;
  const bool may_lack_marker_;
  std::vector<std::string> refused_;
};

struct Flip {
  std::filesystem::path file;
  std::uint64_t offset = 0;
};

/// "000017.sst" and its like are one kind.
std::string kind_of(const std::filesystem::path& file) {
  const auto name = file.filename().string();
  if (name.starts_with("MANIFEST-")) return "MANIFEST";
  if (name.starts_with("OPTIONS-")) return "OPTIONS";
  return file.extension().empty() ? name : file.extension().string();
}

/// One in every sector of every file, and each byte where files begin, by kind of file.
std::map<std::string, std::vector<Flip>> all_flips(const MemoryDisk& disk, std::mt19937& random) {
  constexpr std::uint64_t kSector = 512, kBegin = 64;
  std::map<std::string, std::vector<Flip>> flips;
  for (const auto& [file, size] : disk.files()) {
    auto& of_kind = flips[kind_of(file)];
    for (std::uint64_t at = 0; at < std::min(size, kBegin); ++at) of_kind.push_back({file, at});
    for (std::uint64_t sector = 0; sector < size; sector += kSector)
      of_kind.push_back({file, sector + random() % std::min(kSector, size - sector)});
  }
  return flips;
}

bool names(const std::vector<std::string>& alarms, const std::filesystem::path& file) {
  auto number = file.stem().string();
  number.erase(0, number.find_first_not_of('0'));
  const auto place = file.extension() == ".extent" ? "extent " + number : file.filename().string();
  return std::ranges::any_of(alarms, [&](const auto& alarm) {
    return alarm.find(place) != std::string::npos || alarm.find(file.filename()) != std::string::npos;
  });
}

/// Whether it was noticed.
bool flip_one(const Image& image, const Flip& flip, std::uint8_t bit) {
  const auto disk = image.copy();
  disk->flip(flip.file, flip.offset, bit);
  auto opened = Store::open(options(*disk));
  if (!opened) {
    EXPECT_TRUE(names({opened.error().message}, flip.file)) << opened.error().message;
    return true;
  }
  const auto refused = Reader(**opened, image.is_last_batch(flip.file, flip.offset)).read();
  const auto report = (*opened)->check([](std::uint64_t) {});
  std::vector<std::string> alarms;
  for (const auto& damage : report.told) alarms.push_back(damage.place + ": " + damage.what);
  if (!refused.empty()) EXPECT_GT(report.damages, 0u) << "a read was refused: " << refused.front();
  if (report.damages > 0) EXPECT_TRUE(names(alarms, flip.file)) << alarms.front();
  return report.damages > 0;
}

/// VITRINE_EVERY_SECTOR=1 flips in all of them, else in a sample; VITRINE_SEED says which bits.
TEST(BitFlip, IsRefusedAndNamedOrHarmless) {
  constexpr std::size_t kSample = 16;
  const char* given = getenv("VITRINE_SEED");
  const auto seed = given ? static_cast<std::uint32_t>(std::stoul(given)) : std::random_device{}();
  SCOPED_TRACE("VITRINE_SEED=" + std::to_string(seed));
  std::mt19937 random(seed);
  const Image image;
  if (testing::Test::HasFatalFailure()) return;
  EXPECT_TRUE(Reader(**Store::open(options(*image.copy())), false).read().empty());

  std::map<std::string, int> noticed;
  for (auto& [kind, flips] : all_flips(*image.copy(), random)) {
    std::ranges::shuffle(flips, random);
    if (getenv("VITRINE_EVERY_SECTOR") == nullptr) flips.resize(std::min(flips.size(), kSample));
    for (const auto& flip : flips) {
      const auto bit = static_cast<std::uint8_t>(random() % 8);
      SCOPED_TRACE(fmt::format("{}, byte {}, bit {}", flip.file.string(), flip.offset, bit));
      if (flip_one(image, flip, bit)) ++noticed[kind];
      if (testing::Test::HasFailure()) return;
    }
    RecordProperty("noticed in " + kind, fmt::format("{} of {}", noticed[kind], flips.size()));
  }
  for (const auto* kind : {".sst", ".log", ".extent", "MANIFEST"})
    EXPECT_GT(noticed[kind], 0) << "nothing was noticed in " << kind;
}

}  // namespace
}  // namespace vitrine::store
