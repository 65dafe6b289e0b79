// What was torn off the manifest's end is cut, what was synced is never dropped.
#include "store/manifest.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "store/memory_disk.h"
#include "store/store.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

constexpr const char* kMetadata = "/disk/metadata";

class ManifestTest : public testing::Test {
 protected:
  void SetUp() override {
    auto store = open();
    ASSERT_TRUE(store) << store.error().message;
    ASSERT_TRUE(commit(**store, {.writes = {{{Table::Heads, "name"}, "value"}}}));
  }

  Result<std::unique_ptr<Store>> open() { return Store::open({.directory = "/disk", .files = &disk_}); }
  std::filesystem::path manifest() {
    for (const auto& [path, size] : disk_.files())
      if (path.filename().string().starts_with("MANIFEST-")) return path;
    return {};
  }
  /// Durably, as all that a cut keeps of what was not synced.
  void append(std::string_view bytes) {
    const auto file = disk_.open(manifest()).value();
    ASSERT_TRUE(file->write_at(file->size().value(), as_bytes(bytes)));
    ASSERT_TRUE(file->sync());
  }
  void expect_all_there() {
    auto store = open();
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ((*store)->look_up({Table::Heads, "name"})->value, "value");
  }
  void expect_refused() {
    for (int tries = 0; tries < 2; ++tries) {
      const auto store = open();
      ASSERT_FALSE(store);
      EXPECT_EQ(store.error().code, Code::Corrupt) << store.error().message;
      EXPECT_NE(store.error().message.find("MANIFEST-"), std::string::npos) << store.error().message;
    }
  }

  MemoryDisk disk_;
};

// docs/formats/store.md.
TEST_F(ManifestTest, ItsNoteLiesAsDocumented) {
  const auto manifest = this->manifest();
  Bytes note(21);
  const auto file = disk_.open(std::filesystem::path(kMetadata) / "MANIFEST.synced").value();
  ASSERT_EQ(file->read_at(0, note).value(), 20u);
  const auto little = [&note](std::size_t at, std::size_t bytes) {
    std::uint64_t value = 0;
    for (auto i = bytes; i-- > 0;) value = value << 8 | note[at + i];
    return value;
  };
  EXPECT_EQ(manifest.filename(), fmt::format("MANIFEST-{:06}", little(0, 8)));
  EXPECT_EQ(little(8, 8), disk_.open(manifest).value()->size().value());
  EXPECT_EQ(little(16, 4), crypto::crc32c(ConstBytes(note).first(16)));
}

TEST_F(ManifestTest, ATornEndIsCut) {
  // A header that promises more than is there, one with a wrong checksum, and no header at all.
  for (const std::string& torn :
       {std::string("\1\2\3\4\xff\0\1half", 11), std::string("\1\2\3\4\4\0\1four", 11), std::string("\1\2\3"),
        std::string(600, '\xee'), std::string(600, '\0')}) {
    append(torn);
    expect_all_there();
  }
}

TEST_F(ManifestTest, DamageToWhatWasSyncedIsRefused) {
  const auto size = disk_.files().at(manifest());
  for (const auto offset : {std::uint64_t{2}, size / 2, size - 1}) {
    disk_.flip(manifest(), offset, 3);
    expect_refused();
    disk_.flip(manifest(), offset, 3);
  }
  expect_all_there();
}

TEST_F(ManifestTest, ALostEndOfWhatWasSyncedIsRefusedAndItsTablesStay) {
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(commit(*open().value(), {.writes = {{{Table::Rows, "row"}, "value"}}}));
  const auto tables = [this] {
    return std::ranges::count_if(disk_.files(),
                                 [](const auto& file) { return file.first.extension() == ".sst"; });
  };
  const auto before = tables();
  const auto path = manifest();
  const auto file = disk_.open(path).value();
  Bytes whole(file->size().value());
  ASSERT_EQ(file->read_at(0, whole).value(), whole.size());
  for (const auto lost : {std::size_t{1}, whole.size() / 3, whole.size() - 1, whole.size()}) {
    ASSERT_TRUE(file->truncate(whole.size() - lost));
    expect_refused();
    ASSERT_TRUE(file->write_at(whole.size() - lost, Bytes(lost, 0)));
    expect_refused();
    ASSERT_TRUE(file->write_at(0, whole));
  }
  EXPECT_EQ(tables(), before);
  expect_all_there();
}

TEST_F(ManifestTest, DamageAndATornEndAreRefused) {
  const auto size = disk_.files().at(manifest());
  append("torn");
  disk_.flip(manifest(), size - 1, 0);
  expect_refused();
}

TEST_F(ManifestTest, NothingIsCutWithoutItsNote) {
  const std::filesystem::path note = std::string(kMetadata) + "/MANIFEST.synced";
  for (const std::uint64_t offset : {0, 8, 16}) {  // another manifest, another length, the checksum
    append(std::string("\1\2\3\4\4\0\1four", 11));
    disk_.flip(note, offset, 0);
    expect_refused();
    disk_.flip(note, offset, 0);
    expect_all_there();
  }
  append(std::string("\1\2\3\4\4\0\1four", 11));
  ASSERT_TRUE(disk_.remove(note));
  expect_refused();
}

TEST_F(ManifestTest, ADamagedNoteIsTold) {
  EXPECT_TRUE(check_manifest(disk_, kMetadata));
  disk_.flip(std::string(kMetadata) + "/MANIFEST.synced", 0, 0);
  const auto checked = check_manifest(disk_, kMetadata);
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().message.find("MANIFEST.synced"), std::string::npos);
  expect_all_there();
  EXPECT_TRUE(check_manifest(disk_, kMetadata));
}

}  // namespace
}  // namespace vitrine::store
