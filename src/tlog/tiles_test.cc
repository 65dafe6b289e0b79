#include "tlog/tiles.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace vitrine::tlog {
namespace {

TEST(TilePath, IsWrittenAndReadInOneSpelling) {
  struct Row {
    TileId tile;
    const char* path;
  };
  for (auto [tile, text] :
       {Row{{0, 0, 256}, "tile/0/000"}, Row{{0, 67, 1}, "tile/0/067.p/1"},
        Row{{1, 1000, 256}, "tile/1/x001/000"}, Row{{63, 999999, 255}, "tile/63/x999/999.p/255"},
        Row{{0, 1234067, 256}, "tile/0/x001/x234/067"}}) {
    EXPECT_EQ(path(tile), text);
    EXPECT_EQ(std::get<TileId>(*parse_tile_path(text)), tile);
  }
  EXPECT_EQ(std::get<BundleId>(*parse_tile_path("tile/entries/x001/234.p/8")), (BundleId{1234, 8}));
}

TEST(TilePath, RefusesEveryOtherSpelling) {
  for (auto text : {"",
                    "tile",
                    "tile/",
                    "tile/0",
                    "tile/0/",
                    "tile/0/0",
                    "tile/0/00",
                    "tile/0/0000",
                    "tile/00/000",
                    "tile/64/000",
                    "tile/-1/000",
                    "tile/0/x000/000",
                    "tile/0/001/000",
                    "tile/0/x001/x000",
                    "tile/0/000.p/0",
                    "tile/0/000.p/256",
                    "tile/0/000.p/01",
                    "tile/0/000.p/",
                    "tile/0/000.p/1/",
                    "tile/0/000/",
                    "/tile/0/000",
                    "tile/0/../000",
                    "tile/entries/",
                    "tile/entries/1",
                    "tile/data/000",
                    "tile/0/x999/x999/x999/x999/x999/x999/999"})
    EXPECT_FALSE(parse_tile_path(text)) << text;
}

TEST(Tiles, TheSpecificationsExampleOfSeventyThousandLeaves) {
  EXPECT_EQ(tile_width(0, 272, 70000), 256u);
  EXPECT_EQ(tile_width(0, 273, 70000), 112u);
  EXPECT_EQ(tile_width(0, 274, 70000), 0u);
  EXPECT_EQ(tile_width(1, 0, 70000), 256u);
  EXPECT_EQ(tile_width(1, 1, 70000), 17u);
  EXPECT_EQ(tile_width(2, 0, 70000), 1u);
  EXPECT_EQ(tile_width(3, 0, 70000), 0u);
  EXPECT_EQ(tile_width(63, 0, 70000), 0u);
  auto tiles = tiles_of_growth(0, 70000);
  EXPECT_EQ(tiles.size(), 273u + 1 + 1 + 1 + 1);
  EXPECT_EQ(bundles_of_growth(0, 70000).size(), 274u);
}

TEST(Tiles, GrowthAroundTileBoundaries) {
  struct Row {
    std::uint64_t from, to;
    std::vector<TileId> tiles;
  };
  const Row rows[] = {
      {0, 0, {}},
      {7, 7, {}},
      {0, 1, {{0, 0, 1}}},
      {1, 255, {{0, 0, 255}}},
      {255, 256, {{0, 0, 256}, {1, 0, 1}}},
      {256, 257, {{0, 1, 1}}},
      {255, 257, {{0, 0, 256}, {0, 1, 1}, {1, 0, 1}}},
      {65535, 65536, {{0, 255, 256}, {1, 0, 256}, {2, 0, 1}}},
      {65536, 65537, {{0, 256, 1}}},
  };
  for (const auto& row : rows)
    EXPECT_EQ(tiles_of_growth(row.from, row.to), row.tiles) << row.from << " to " << row.to;
}

TEST(Tiles, AnyGrowthWritesWhatItsStepsWrite) {
  for (std::uint64_t to : {300u, 513u, 1024u}) {
    std::set<TileId> one_by_one;
    for (std::uint64_t size = 0; size < to; ++size)
      for (auto tile : tiles_of_growth(size, size + 1))
        if (tile.width == kTileWidth || tile.width == tile_width(tile.level, tile.index, to))
          one_by_one.insert(tile);
    auto at_once = tiles_of_growth(0, to);
    EXPECT_EQ(std::set<TileId>(at_once.begin(), at_once.end()), one_by_one) << to;
  }
}

TEST(Bundle, RoundTripsEntriesOfEverySize) {
  Bytes bundle;
  std::vector<Bytes> entries = {{}, {1}, Bytes(255, 2), Bytes(256, 3), Bytes(kMaxEntrySize, 4)};
  for (const auto& entry : entries) ASSERT_TRUE(append_entry(bundle, entry));
  auto views = split_bundle(bundle, 5);
  ASSERT_TRUE(views);
  for (std::size_t i = 0; i < entries.size(); ++i) EXPECT_EQ(to_bytes((*views)[i]), entries[i]);
  EXPECT_EQ(append_entry(bundle, Bytes(kMaxEntrySize + 1)).error().code, Code::OutOfRangeInput);
}

TEST(Bundle, RefusesMissingAndFollowingBytes) {
  Bytes bundle;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(append_entry(bundle, Bytes{9, 9, 9}));
  for (std::size_t size = 0; size < bundle.size(); ++size)
    EXPECT_FALSE(split_bundle(ConstBytes(bundle).first(size), 3)) << size;
  EXPECT_TRUE(split_bundle(bundle, 3));
  EXPECT_FALSE(split_bundle(bundle, 2));
  EXPECT_FALSE(split_bundle(bundle, 4));
}

TEST(Tile, HasExactlyTheSizeOfItsWidth) {
  std::vector<Digest> hashes(3);
  hashes[2][31] = 7;
  auto bytes = encode_tile(hashes);
  EXPECT_EQ(bytes.size(), 96u);
  EXPECT_EQ(*decode_tile(bytes, 3), hashes);
  EXPECT_EQ(decode_tile(bytes, 2).error().code, Code::Corrupt);
  EXPECT_EQ(decode_tile(bytes, 4).error().code, Code::Corrupt);
}

}  // namespace
}  // namespace vitrine::tlog
