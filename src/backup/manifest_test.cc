#include "backup/manifest.h"

#include <gtest/gtest.h>

#include "backup/extent_part.h"
#include "base/encoding.h"

namespace vitrine::backup {
namespace {

// The digests were made with Python's hashlib.
constexpr std::string_view kGolden =
    "vitrine backup 1\n"
    "number 2\n"
    "made 2026-11-22T17:00:00.0000000Z\n"
    "version 77\n"
    "log 5 0101010101010101010101010101010101010101010101010101010101010101 log.example.org\n"
    "damaged 3 4096\n"
    "damaged table 000012.sst\n"
    "file 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 5 000001/metadata/000012.sst "
    "000102030405060708090a0b0c0d0e0f1011121314151617\n"
    "file e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 "
    "000002/extents/0000000000000003.part\n"
    "sha256 eba05b38e6726d5da44c4359bccd3806131bcd1d36b920fa56acd59e4a040b9b\n";

Manifest example() {
  Manifest manifest{.number = 2,
                    .made = "2026-11-22T17:00:00.0000000Z",
                    .origin = "log.example.org",
                    .version = 77,
                    .log_size = 5};
  manifest.log_root.fill(1);
  manifest.damaged = {{.extent = 3, .offset = 4096}, {.table = "000012.sst"}};
  manifest.files = {{crypto::sha256(as_bytes("hello")), 5, "000001/metadata/000012.sst",
                     "000102030405060708090a0b0c0d0e0f1011121314151617"},
                    {crypto::sha256({}), 0, "000002/extents/0000000000000003.part", ""}};
  return manifest;
}

TEST(Manifest, IsWrittenAsDocumented) {
  EXPECT_EQ(example().text(), std::string(kGolden));
}

TEST(Manifest, IsReadAsItWasWritten) {
  const auto read = Manifest::parse(std::string(kGolden));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, example());
}

TEST(Manifest, AnyChangeIsTold) {
  const auto whole = std::string(kGolden);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(Manifest::parse(changed)) << "byte " << i;
    EXPECT_FALSE(Manifest::parse(whole.substr(0, i))) << "cut at " << i;
  }
  EXPECT_FALSE(Manifest::parse(whole + "\n"));
}

TEST(Manifest, NamesNoFileOfALaterBackup) {
  auto manifest = example();
  manifest.number = 1;
  EXPECT_FALSE(Manifest::parse(manifest.text()));
}

TEST(FilePath, OfAJournalIsReadAsItIsWritten) {
  for (const auto& file : {ledger::JournalFile{42, tlog::BundleId{.index = 12}},
                           ledger::JournalFile{7, tlog::TileId{.level = 2, .index = 1'234'567}}}) {
    const auto path = parse_file_path(journal_path(3, file));
    ASSERT_TRUE(path);
    EXPECT_EQ(path->kind, FileKind::Journal);
    EXPECT_EQ(path->journal, file);
  }
}

TEST(FilePath, OnlyPathsOfBackupsAreTaken) {
  for (const auto* good : {"000001/metadata/000012.sst", "000001/metadata/CURRENT",
                           "999999/keys/operator.key", "000001/checkpoint", "000001/development",
                           "000001/extents/00000000000000ff.part", "000001/journals/0000002a.entries.12",
                           "000001/journals/ffffffff.0.0", "000001/journals/00000000.3.7"})
    EXPECT_TRUE(parse_file_path(good)) << good;
  for (const auto* bad : {"",
                          "000001",
                          "000001/",
                          "000000/checkpoint",
                          "1/checkpoint",
                          "000001/metadata/../../x",
                          "000001/metadata/..",
                          "000001/metadata/.hidden",
                          "000001/metadata/a/b",
                          "000001/other/x",
                          "/etc/passwd",
                          "../000001/checkpoint",
                          "000001/extents/ff.part",
                          "000001/extents/0000000000000000.part",
                          "000001/extents/00000000000000FF.part",
                          "000001/checkpoint/x",
                          "000001/metadata/a b",
                          "000001/journals/2a.entries.12",
                          "000001/journals/0000002A.entries.12",
                          "000001/journals/0000002a.entries.012",
                          "000001/journals/0000002a.entries",
                          "000001/journals/0000002a.64.0",
                          "000001/journals/0000002a.x.0",
                          "000001/journals/0000002a.0.",
                          "000001/journals/0000002a.0.0.0",
                          "000001/journals/0000002a/0"})
    EXPECT_FALSE(parse_file_path(bad)) << bad;
}

PartIndex example_index() {
  PartIndex index{.extent = 3, .entries = {{{}, 4096, 25}, {{}, 8192, 75}}};
  index.entries[0].id.fill(0xaa);
  index.entries[1].id.fill(0xbb);
  return index;
}

TEST(PartIndex, IsWrittenAsDocumented) {
  std::string a, b;
  for (int i = 0; i < 32; ++i) {
    a += "aa";
    b += "bb";
  }
  EXPECT_EQ(to_hex(example_index().encode()),
            "76697472696e65207061727420202031"
            "0000000000000003"
            "0000000000000002" +
                a + "0000000000001000" + "0000000000000019" + b + "0000000000002000" + "000000000000004b");
  EXPECT_EQ(example_index().part_length(), 32u + 2 * 48 + 100);
}

TEST(PartIndex, IsReadAsItWasWritten) {
  const auto bytes = example_index().encode();
  EXPECT_EQ(PartIndex::decode(bytes, example_index().part_length()).value(), example_index());
  EXPECT_FALSE(PartIndex::decode(bytes, example_index().part_length() + 1));
  EXPECT_FALSE(PartIndex::decode(bytes, example_index().part_length() - 1));
  EXPECT_FALSE(PartIndex::decode(ConstBytes(bytes).first(bytes.size() - 1), example_index().part_length()));
}

TEST(PartIndex, WhatOverlapsIsRefused) {
  auto index = example_index();
  index.entries[1].offset = 4096 + 24;
  EXPECT_FALSE(PartIndex::decode(index.encode(), index.part_length()));
  index = example_index();
  index.entries[0].offset = 0;  // the extent's header
  EXPECT_FALSE(PartIndex::decode(index.encode(), index.part_length()));
}

}  // namespace
}  // namespace vitrine::backup
