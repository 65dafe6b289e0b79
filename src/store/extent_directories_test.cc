// Which directories a store takes for its own.
#include "store/extent_directories.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <optional>

#include "base/encoding.h"
#include "store/extent_set.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBody = 100'000;

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class OwnDirectories : public testing::Test {
 protected:
  using Names = std::vector<std::string>;

  [[nodiscard]] fs::path at(const std::string& name) const { return scratch_.path() / name; }
  std::string open(const Names& names, const std::string& data = "data") {
    store_.reset();
    std::vector<fs::path> directories;
    for (const auto& name : names) directories.push_back(at(name));
    auto opened = Store::open({.directory = at(data), .extent_directories = directories});
    if (opened) store_ = std::move(*opened);
    return opened ? std::string() : opened.error().message;
  }
  /// In each of two directories, or in one.
  void fill(const Names& names) {
    ASSERT_EQ(open(names), "");
    for (std::size_t i = 0; i < names.size(); ++i) put();
  }
  void put() {
    segments_.push_back(*run(write_segment(*store_, Bytes(kBody, 'b'))));
    ASSERT_TRUE(commit(*store_, {.adopts = {segments_.back()}}));
  }
  std::uint64_t extent_of(const Segment& segment) {
    return store_->place(segment.id()).value()->location.extent;
  }
  void expect_whole() {
    ASSERT_TRUE(store_);
    for (const auto& segment : segments_)
      EXPECT_EQ(run(read_segment(*store_, segment.id(), kBody)).value(), Bytes(kBody, 'b'));
  }
  void make_like_older_version(const Names& names) {
    store_.reset();
    ASSERT_TRUE(forget_extent_directories(posix_file_layer(), at("data/metadata")));
    for (const auto& name : names) fs::remove(at(name) / kMarkerName);
  }
  static void expect_said(const std::string& message, const std::string& part) {
    EXPECT_NE(message.find(part), std::string::npos) << message;
  }

  ScratchDirectory scratch_;
  std::unique_ptr<Store> store_;
  std::vector<Segment> segments_;
};

TEST_F(OwnDirectories, GoldenBytes) {
  StoreId id{};
  id.fill(0xab);
  EXPECT_EQ(marker_of(id, 3), "vitrine extents 1\nstore abababababababababababababababab\ndirectory 3\n");
  ASSERT_TRUE(Extent::create(posix_file_layer(), at("extent"), 0x0102));
  const auto header = content_of(at("extent"));
  EXPECT_EQ(header.substr(0, 24),
            "vitrine extent 1" + std::string(as_text(from_hex("0000000000000102").value())));
  EXPECT_EQ(header.substr(24), std::string(4096 - 24, '\0'));
}

TEST_F(OwnDirectories, AMarkerSaysWhose) {
  fill({"a", "b"});
  const auto a = content_of(at("a") / kMarkerName), b = content_of(at("b") / kMarkerName);
  EXPECT_EQ(a.substr(0, 57), b.substr(0, 57));
  EXPECT_EQ(a.substr(57), "directory 1\n");
  EXPECT_EQ(b.substr(57), "directory 2\n");
  EXPECT_EQ(open({"a", "b"}), "");
  EXPECT_EQ(content_of(at("a") / kMarkerName), a) << "for ever";
  expect_whole();
}

TEST_F(OwnDirectories, ADiskThatIsNotMountedIsNoticed) {
  fill({"a", "b"});
  store_.reset();
  fs::rename(at("b"), at("unmounted"));
  expect_said(open({"a", "b"}), "is the disk mounted?");
  EXPECT_TRUE(fs::is_empty(at("b"))) << "nothing was written to the mount point";
  fs::remove(at("b"));
  fs::rename(at("unmounted"), at("b"));
  EXPECT_EQ(open({"a", "b"}), "");
  expect_whole();
}

TEST_F(OwnDirectories, OneThatHoldsExtentsIsNotLeftOut) {
  fill({"a", "b"});
  expect_said(open({"a"}), "in none of the directories");
  expect_said(open({"a", "c"}), "in none of the directories");
  EXPECT_EQ(open({"a", "b"}), "") << "a refusal changes nothing";
  expect_whole();
}

TEST_F(OwnDirectories, AnEmptyOneMayGoAndComeBack) {
  fill({"a"});
  ASSERT_EQ(open({"a", "b"}), "");
  EXPECT_EQ(open({"a"}), "");
  EXPECT_EQ(open({"a", "b"}), "");
  EXPECT_EQ(open({"a"}), "");
  std::ofstream(at("b") / "0000000000000009.extent") << std::string(5000, 'x');
  expect_said(open({"a", "b"}), "left out");
  EXPECT_EQ(open({"a", "c"}), "");
  expect_said(content_of(at("c") / kMarkerName), "directory 3\n");
  expect_whole();
}

TEST_F(OwnDirectories, APathMayChange) {
  fill({"a", "b"});
  store_.reset();
  fs::rename(at("b"), at("c"));
  EXPECT_EQ(open({"c", "a"}), "");
  expect_whole();
  ASSERT_EQ(open({"c", "a"}), "");
}

TEST_F(OwnDirectories, AnotherStoresIsNotTouched) {
  fill({"a"});
  store_.reset();
  const auto leftover = at("a") / "0000000000000099.extent";
  std::ofstream(leftover) << "begun";
  expect_said(open({"a"}, "other"), "belongs to another store");
  EXPECT_TRUE(fs::exists(leftover));
  EXPECT_EQ(open({"a"}), "");
  EXPECT_FALSE(fs::exists(leftover)) << "its own store tidies up";
  expect_whole();
}

TEST_F(OwnDirectories, ANewOneIsEmpty) {
  fs::create_directories(at("a"));
  const auto extent = at("a") / "0000000000000001.extent";
  std::ofstream(extent) << "somebody's";
  expect_said(open({"a"}), "new to this store but holds extents");
  EXPECT_TRUE(fs::exists(extent));
  fill({"b"});
  expect_said(open({"b", "a"}), "new to this store but holds extents");
  EXPECT_TRUE(fs::exists(extent));
}

TEST_F(OwnDirectories, ACopyBesideItIsRefused) {
  fill({"a", "b"});
  store_.reset();
  fs::copy(at("data"), at("copy"), fs::copy_options::recursive);
  fs::copy(at("a"), at("c"), fs::copy_options::recursive);
  expect_said(open({"a", "b", "c"}), "is a copy of another directory");
  ASSERT_EQ(open({"a", "b"}), "");
  const auto other = Store::open({.directory = at("copy"), .extent_directories = {at("a"), at("b")}});
  ASSERT_FALSE(other);
  expect_said(other.error().message, "in use by another server");
  expect_whole();
}

TEST_F(OwnDirectories, AStoreOfAnOlderVersionGetsMarkers) {
  fill({"a", "b"});
  make_like_older_version({"a", "b"});
  expect_said(open({"a"}), "in none of the directories");
  EXPECT_FALSE(fs::exists(at("a") / kMarkerName));
  EXPECT_EQ(open({"a", "b"}), "");
  EXPECT_TRUE(fs::exists(at("b") / kMarkerName));
  expect_whole();
}

TEST_F(OwnDirectories, AMarkerThatWasNotFinishedIsMadeAnew) {
  fs::create_directories(at("a"));
  auto unfinished = (at("a") / kMarkerName).string() + ".new";
  std::ofstream(unfinished) << "vitr";
  fill({"a"});
  EXPECT_FALSE(fs::exists(unfinished));
  store_.reset();
  std::ofstream(at("a") / kMarkerName, std::ios::trunc);
  EXPECT_NE(open({"a"}), "") << "an empty one is nobody's";
}

TEST_F(OwnDirectories, ANumberIsNotGivenAgain) {
  fill({"a"});
  const auto lost = extent_of(segments_[0]);
  store_.reset();
  fs::remove(extent_path(at("a"), lost));
  ASSERT_EQ(open({"a"}), "") << "a lost file is damage, as one with a wrong byte is";
  put();
  EXPECT_GT(extent_of(segments_[1]), lost);
}

TEST_F(OwnDirectories, WhatLivesIsNotRemovedWhenItsFileIsShort) {
  fill({"a"});
  const auto path = extent_path(at("a"), extent_of(segments_[0]));
  store_.reset();
  fs::resize_file(path, 100);
  ASSERT_EQ(open({"a"}), "");
  EXPECT_TRUE(fs::exists(path));
}

TEST_F(OwnDirectories, OneNumberInTwoPlacesIsRefusedAndBothStay) {
  fill({"a", "b"});
  const auto file = extent_path("", extent_of(segments_[0]));
  store_.reset();
  const auto from = fs::exists(at("a") / file) ? "a" : "b", to = fs::exists(at("a") / file) ? "b" : "a";
  fs::copy(at(from) / file, at(to) / file);
  expect_said(open({"a", "b"}), "remove none");
  EXPECT_TRUE(fs::exists(at("a") / file) && fs::exists(at("b") / file));
}

}  // namespace
}  // namespace vitrine::store
