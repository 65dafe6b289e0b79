#include "operations/scrub.h"

#include <fstream>
#include <thread>

#include "base/encoding.h"
#include "base/file.h"
#include "operations/test_world.h"
#include "store/store_test_peer.h"

namespace vitrine::operations {
namespace {

using namespace std::chrono_literals;
using store::flip;

class ScrubTest : public testing::Test {
 protected:
  ScrubTest() {
    auto own = world.request();
    EXPECT_TRUE(world.run(create_container(*world.floors, own, {world.container("box"), {}})));
  }

  void put(const std::string& name, std::size_t size) {
    TextInput body(std::string(size, 'x'));
    auto own = world.request();
    PutBlob request{.blob = world.blob("box", name), .length = size};
    EXPECT_TRUE(world.run(put_blob(*world.floors, own, request, body)));
  }

  void make(ScrubOptions options = {}) {
    options.file = file();
    scrub = std::make_unique<Scrub>(*world.floors, world.accounts, options);
    scrub->start();
  }

  /// Waits for the end of the pass.
  ScrubPass pass(std::uint64_t number) {
    for (int i = 0; i < 6000; ++i, std::this_thread::sleep_for(10ms)) {
      const auto state = scrub->state();
      if (state.current && state.current->number >= number && state.current->ended) return *state.current;
    }
    ADD_FAILURE() << "no end of pass " << number;
    return {};
  }

  [[nodiscard]] std::filesystem::path file() const { return world.directory() / "scrub"; }
  [[nodiscard]] std::filesystem::path extent() const {
    return world.directory() / "extents/0000000000000001.extent";
  }

  TestWorld world{"scrub_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name())};
  std::unique_ptr<Scrub> scrub;
};

TEST_F(ScrubTest, APassCountsWhatIsWhole) {
  put("small", 100);
  put("large", 200'000);
  make();
  const auto done = pass(scrub->begin(0));
  EXPECT_EQ(done.number, 1u);
  EXPECT_EQ(done.report.damages, 0u) << (done.report.told.empty() ? "" : done.report.told[0].what);
  EXPECT_EQ(done.content, (ContentCounts{1, 2, 200'100}));
  EXPECT_GT(done.report.segment_bytes, 200'000u);
  EXPECT_GE(scrub->bytes_read(), done.report.segment_bytes);
}

TEST_F(ScrubTest, ItBeginsByItselfAndAgainWhenTheIntervalIsOver) {
  make({.file = {}, .rest = 0s});
  EXPECT_EQ(pass(1).number, 1u);
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(scrub->state().current->number, 1u);
  scrub.reset();
  // As if it had begun a week ago.
  auto state = decode_scrub_state(as_bytes(read_file(file()).value())).value();
  state.current->started -= 7 * 24h;
  ASSERT_TRUE(replace_file(file(), encode_scrub_state(state)));
  make({.file = {}, .rest = 0s});
  EXPECT_EQ(pass(2).number, 2u);
  EXPECT_EQ(scrub->state().previous->number, 1u);
}

TEST_F(ScrubTest, AFlippedBitIsNamedAndStaysKnown) {
  put("large", 200'000);
  flip(extent(), 4096 + 70'000);
  make();
  const store::Damage expected{
      "extent 1, offset 4096",
      "frames that fail their checksum: 1 of 4, the first at offset " + std::to_string(4096 + 65'556)};
  const auto done = pass(scrub->begin(0));
  ASSERT_EQ(done.report.damages, 1u);
  EXPECT_EQ(done.report.told[0], expected);
  ASSERT_EQ(done.report.told.size(), 2u);
  EXPECT_TRUE(done.report.told[1].place.ends_with("blob large")) << done.report.told[1].place;
  EXPECT_EQ(done.report.told[1].what, "has content in the damaged segment at extent 1, offset 4096");
  scrub.reset();
  make();
  EXPECT_EQ(scrub->state().current->report.told.at(0), expected);
  flip(extent(), 4096 + 70'000);
  EXPECT_EQ(pass(scrub->begin(0)).report.damages, 0u);
}

TEST_F(ScrubTest, AFlippedBitInATableIsNamed) {
  put("small", 10'000);
  world.reopen();  // leaves tables
  std::filesystem::path damaged;
  for (const auto& entry : std::filesystem::directory_iterator(world.directory() / "metadata"))
    if (entry.path().extension() == ".sst" && (damaged.empty() || entry.file_size() > file_size(damaged)))
      damaged = entry.path();
  flip(damaged, 100);
  make();
  const auto done = pass(scrub->begin(0));
  ASSERT_GE(done.report.damages, 1u);
  EXPECT_TRUE(done.report.told[0].place.starts_with("file " + damaged.filename().string() + " of table"))
      << done.report.told[0].place;
}

TEST_F(ScrubTest, ItGoesOnWhereTheProcessBeforeEnded) {
  for (int i = 0; i < 8; ++i) put("large" + std::to_string(i), 500'000);
  make();
  scrub->begin(4'000'000);
  while (scrub->state().current.value_or(ScrubPass{}).place.stage < store::CheckStage::Segments)
    std::this_thread::sleep_for(1ms);
  scrub.reset();
  const auto kept = decode_scrub_state(as_bytes(read_file(file()).value())).value();
  ASSERT_TRUE(kept.current && !kept.current->ended);
  make({.file = {}, .rest = 0s});
  const auto done = pass(1);
  EXPECT_EQ(done.number, 1u);
  EXPECT_EQ(done.started, kept.current->started);
  EXPECT_EQ(done.content.blobs, 8u);
  EXPECT_EQ(done.report.damages, 0u);
}

TEST_F(ScrubTest, APassThatSleepsGivesWayToOneThatIsAskedFor) {
  put("large", 200'000);
  make();
  scrub->begin(1);  // its first step takes it days
  while (scrub->bytes_read() == 0) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(pass(scrub->begin(0)).number, 2u);
}

TEST_F(ScrubTest, ItKeepsToItsPace) {
  put("large", 3'000'000);
  make();
  const auto begin = std::chrono::steady_clock::now();
  const auto done = pass(scrub->begin(6'000'000));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 400ms);
  EXPECT_EQ(done.report.damages, 0u);
}

TEST_F(ScrubTest, NothingIsTakenForDamageWhileBlobsComeAndGo) {
  make();
  std::atomic<bool> done = false;
  std::thread load([&] {
    for (int i = 0; !done; ++i) {
      put("blob" + std::to_string(i % 5), i % 2 == 0 ? 150'000 : 1'000);
      auto own = world.request();
      if (i % 3 == 0) (void)world.run(delete_blob(*world.floors, own, {.blob = world.blob("box", "blob1")}));
      world.store->reclaim();
    }
  });
  for (int i = 0; i < 20; ++i) {
    const auto seen = pass(scrub->begin(0));
    EXPECT_EQ(seen.report.damages, 0u) << seen.report.told[0].place << ": " << seen.report.told[0].what;
  }
  done = true;
  load.join();
}

TEST(ScrubState, IsReadAsItWasWritten) {
  ScrubState state{.current = ScrubPass{.number = 2, .started = from_micros(1'000'000)}};
  state.current->place = {store::CheckStage::Heads, std::string("a\0b", 3)};
  state.current->report = {.values = 1,
                           .records = 2,
                           .segments = 3,
                           .segment_bytes = 4,
                           .bytes = 5,
                           .damages = 1,
                           .told = {{"extent 1, offset 4096", "gone"}}};
  state.current->content = {6, 7, 8};
  // By hand, after docs/formats/scrub.md.
  const auto golden =
      "8301"
      "8f02"
      "1a000f4240"
      "f6"
      "02"
      "43610062"
      "01"
      "02"
      "03"
      "04"
      "05"
      "01"
      "06"
      "07"
      "08"
      "81"
      "82"
      "55657874656e7420312c206f66667365742034303936"
      "44676f6e65"
      "f6";
  EXPECT_EQ(to_hex(encode_scrub_state(state)), golden);
  EXPECT_EQ(decode_scrub_state(from_hex(golden).value()).value(), state);
  state.previous = *state.current;
  state.previous->ended = from_micros(2'000'000);
  EXPECT_EQ(decode_scrub_state(encode_scrub_state(state)).value(), state);
}

}  // namespace
}  // namespace vitrine::operations
