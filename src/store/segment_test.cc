#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fstream>

#include "store/extent.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSmallExtent = 4 << 20;

Bytes pattern(std::size_t size, std::uint8_t seed = 1) {
  Bytes bytes(size);
  std::uint32_t state = seed;
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
  return bytes;
}

Task<Result<Segment>> write_segment(Store& store, ConstBytes body, std::size_t step, bool length_is_known) {
  const auto writer = store.new_segment(
      test_keys().current(), length_is_known ? std::optional<std::uint64_t>(body.size()) : std::nullopt);
  for (std::size_t at = 0; at < body.size(); at += step)
    CO_TRY(co_await writer->append(body.subspan(at, std::min(step, body.size() - at))));
  auto segment = co_await writer->finish();
  co_return segment;
}

Task<Result<Bytes>> read_segment(Store& store, SegmentId id, ByteRange range) {
  auto reader = CO_TRY(co_await store.open_segment(StoreTestPeer::read_access(), test_keys(), id, range));
  Bytes all;
  for (;;) {
    const auto chunk = CO_TRY(co_await reader.next());
    if (chunk.empty()) break;
    EXPECT_LE(chunk.size(), 4 * kFrameBytes);
    append(all, chunk);
  }
  co_return all;
}

std::vector<fs::path> extent_files(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const auto& file : fs::directory_iterator(directory))
    if (file.path().extension() == ".extent") files.push_back(file.path());
  return files;
}

class SegmentTest : public testing::Test {
 protected:
  SegmentTest() { reopen(); }
  void reopen() {
    store_.reset();
    auto store = Store::open({.directory = scratch_.path() / "store",
                              .extent_directories = {scratch_.path() / "a", scratch_.path() / "b"},
                              .extent_bytes = kSmallExtent});
    ASSERT_TRUE(store) << store.error().message;
    store_ = std::move(*store);
  }
  Result<Segment> write(ConstBytes body, std::size_t step = 100'000, bool length_is_known = true) {
    return run(write_segment(*store_, body, step, length_is_known));
  }
  void adopt(const Segment& segment) { ASSERT_TRUE(commit(*store_, {.adopts = {segment}})); }
  Result<Bytes> read(const SegmentId& id, ByteRange range) { return run(read_segment(*store_, id, range)); }

  ScratchDirectory scratch_;
  std::unique_ptr<Store> store_;
};

TEST_F(SegmentTest, ComesBackWholeWhateverItsSizeAndPieces) {
  struct Row {
    std::size_t size, step;
    bool length_is_known;
  };
  std::vector<std::pair<Segment, Bytes>> kept;
  for (auto [size, step, known] :
       {Row{0, 1, true}, Row{0, 1, false}, Row{1, 1, true}, Row{4096, 4096, true}, Row{65'537, 1'000, false},
        Row{262'144, 262'144, true}, Row{262'145, 65'536, true}, Row{3'000'001, 99'991, false},
        Row{5'000'000, 5'000'000, true}, Row{9'000'000, 1'000'000, false}}) {
    auto body = pattern(size, static_cast<std::uint8_t>(size));
    auto segment = write(body, step, known);
    ASSERT_TRUE(segment) << segment.error().message;
    EXPECT_EQ(segment->length(), size);
    EXPECT_EQ(segment->digest(), crypto::sha256(body));
    adopt(*segment);
    kept.emplace_back(*segment, std::move(body));
  }
  for (int pass = 0; pass < 2; ++pass, reopen())
    for (const auto& [segment, body] : kept)
      EXPECT_EQ(*read(segment.id(), {0, body.size()}), body) << body.size();
}

TEST_F(SegmentTest, RangesReadExactlyTheirBytes) {
  const auto body = pattern(1'000'003);
  const auto segment = write(body);
  adopt(*segment);
  for (auto [offset, length] :
       {ByteRange{0, 0}, ByteRange{0, 1}, ByteRange{1'000'002, 1}, ByteRange{1'000'003, 0},
        ByteRange{4095, 2}, ByteRange{262'143, 262'146}, ByteRange{7, 999'996}}) {
    const auto expected = ConstBytes(body).subspan(offset, length);
    EXPECT_EQ(*read(segment->id(), {offset, length}), to_bytes(expected)) << offset;
  }
  for (auto range : {ByteRange{0, 1'000'004}, ByteRange{1'000'004, 0}, ByteRange{1, UINT64_MAX}})
    EXPECT_EQ(read(segment->id(), range).error().code, Code::Corrupt);
}

TEST_F(SegmentTest, NobodySeesOneThatNoCommitAdopted) {
  const auto segment = write(pattern(10));
  EXPECT_EQ(read(segment->id(), {0, 10}).error().code, Code::Corrupt);
}

TEST_F(SegmentTest, ItsLengthIsWhatWasAnnounced) {
  const auto body = pattern(600'000);
  for (std::uint64_t announced : {0, 1, 599'999, 600'001}) {
    auto refused = run([](Store& store, ConstBytes bytes, std::uint64_t length) -> Task<Result<Segment>> {
      const auto writer = store.new_segment(test_keys().current(), length);
      auto appended = co_await writer->append(bytes);
      auto finished = co_await writer->finish();
      // A writer that failed stays failed.
      EXPECT_EQ(appended.has_value(), length > bytes.size());
      co_return finished;
    }(*store_, body, announced));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::InvalidInput) << announced;
  }
}

TEST_F(SegmentTest, ManyAtOnceDoNotTouchOneAnother) {
  constexpr int kWriters = 24;
  std::vector<Bytes> bodies;
  std::vector<std::optional<Result<Segment>>> segments(kWriters);
  for (int i = 0; i < kWriters; ++i)
    bodies.push_back(pattern(100'000 + 37'777 * static_cast<std::size_t>(i), static_cast<std::uint8_t>(i)));
  boost::asio::io_context io(1);
  for (std::size_t i = 0; i < kWriters; ++i)
    boost::asio::co_spawn(io, deliver(write_segment(*store_, bodies[i], 65'536, i % 3 != 0), segments[i]),
                          boost::asio::detached);
  io.run();
  for (std::size_t i = 0; i < kWriters; ++i) {
    ASSERT_TRUE(segments[i] && *segments[i]) << i;
    adopt(**segments[i]);
  }
  reopen();
  for (std::size_t i = 0; i < kWriters; ++i)
    EXPECT_EQ(*read((*segments[i])->id(), {0, bodies[i].size()}), bodies[i]) << i;
  EXPECT_FALSE(extent_files(scratch_.path() / "a").empty());
  EXPECT_FALSE(extent_files(scratch_.path() / "b").empty());
}

TEST_F(SegmentTest, ExtentsThatHoldNothingDoNotStay) {
  for (const bool length_is_known : {true, false}) {
    run([](Store& store, bool known) -> Task<Result<void>> {
      const auto writer = store.new_segment(test_keys().current(),
                                            known ? std::optional<std::uint64_t>(2'000'000) : std::nullopt);
      const auto body = pattern(1'000'000);
      co_return co_await writer->append(body);
    }(*store_, length_is_known))
        .value();
  }
  store_.reset();
  EXPECT_TRUE(extent_files(scratch_.path() / "a").empty() && extent_files(scratch_.path() / "b").empty());
  std::ofstream(scratch_.path() / "a" / "00000000000000aa.extent") << "torn";
  reopen();
  EXPECT_TRUE(extent_files(scratch_.path() / "a").empty());
}

TEST_F(SegmentTest, AFlippedBitAnywhereInASegmentIsFoundAndItsPlaceIsTold) {
  const auto body = pattern(200'000);
  const auto segment = write(body);
  adopt(*segment);
  const auto directory = extent_files(scratch_.path() / "a").empty() ? "b" : "a";
  const auto file = extent_files(scratch_.path() / directory).front();
  const auto stored = stored_length(body.size());
  for (std::uint64_t at = 0; at < stored; at += 1'777) {
    const auto flip = [&] {
      std::fstream extent(file, std::ios::in | std::ios::out | std::ios::binary);
      extent.seekg(static_cast<std::streamoff>(Extent::kHeaderBytes + at));
      const auto byte = extent.get();
      extent.seekp(static_cast<std::streamoff>(Extent::kHeaderBytes + at));
      extent.put(static_cast<char>(byte ^ 0x10));
    };
    flip();
    const auto damaged = read(segment->id(), {0, body.size()});
    ASSERT_FALSE(damaged) << at;
    EXPECT_EQ(damaged.error().code, Code::Corrupt);
    EXPECT_NE(damaged.error().message.find("(extent "), std::string::npos);
    flip();
  }
  EXPECT_EQ(read(segment->id(), {0, body.size()}).value(), body);
}

TEST_F(SegmentTest, NothingOfABodyLiesOnTheDiskAsItCame) {
  const auto body = pattern(100'000);
  adopt(*write(body));
  const std::string needle(as_text(ConstBytes(body).subspan(50'000, 16)));
  for (const auto& entry : fs::recursive_directory_iterator(scratch_.path()))
    if (entry.is_regular_file()) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string all((std::istreambuf_iterator<char>(in)), {});
      EXPECT_EQ(all.find(needle), std::string::npos) << entry.path();
    }
}

TEST_F(SegmentTest, AMissingExtentIsReportedAsCorrupt) {
  const auto segment = write(pattern(10));
  adopt(*segment);
  store_.reset();
  for (const auto* directory : {"a", "b"})
    for (const auto& file : extent_files(scratch_.path() / directory)) fs::remove(file);
  reopen();
  EXPECT_EQ(read(segment->id(), {0, 10}).error().code, Code::Corrupt);
}

TEST_F(SegmentTest, AnExtentUnderAnothersNameIsReportedAsCorrupt) {
  const auto body = pattern(10);
  const auto segment = write(body);
  adopt(*segment);
  store_.reset();
  for (const auto* directory : {"a", "b"})
    for (const auto& file : extent_files(scratch_.path() / directory)) {
      std::fstream header(file, std::ios::in | std::ios::out | std::ios::binary);
      header.seekp(23);
      header.put('\x7f');
    }
  reopen();
  EXPECT_EQ(read(segment->id(), {0, 10}).error().code, Code::Corrupt);
}

}  // namespace
}  // namespace vitrine::store
