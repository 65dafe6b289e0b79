#include "base/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace vitrine {
namespace {

TEST(File, ReplacesAsAWholeAndReadsBack) {
  auto directory = std::filesystem::path(testing::TempDir()) / "file_test";
  std::filesystem::remove_all(directory);
  auto file = directory / "deep" / "secret";
  EXPECT_EQ(read_file(file).error().code, Code::ResourceNotFound);
  ASSERT_TRUE(replace_file(file, as_bytes("first, longer"), FileAccess::OwnerOnly));
  ASSERT_TRUE(replace_file(file, as_bytes("second"), FileAccess::OwnerOnly));
  EXPECT_EQ(*read_file(file), "second");
  struct stat status{};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".new"));
  EXPECT_FALSE(replace_file(file / "below-a-file", as_bytes("x")));
}

TEST(File, ReplacesManyAndSyncsThemTogether) {
  auto directory = std::filesystem::path(testing::TempDir()) / "file_test_many";
  std::filesystem::remove_all(directory);
  EXPECT_EQ(sync_file_system(directory).error().code, Code::DeviceFailed);
  for (auto* content : {"first, longer", "second"}) {
    ASSERT_TRUE(replace_file_unsynced(directory / "deep" / "one", as_bytes(content)));
    ASSERT_TRUE(sync_file_system(directory));
    EXPECT_EQ(*read_file(directory / "deep" / "one"), content);
  }
  EXPECT_FALSE(std::filesystem::exists(directory / "deep" / "one.new"));
}

TEST(File, WhatCannotBeReadIsNotTakenForMissingOrEmpty) {
  auto directory = std::filesystem::path(testing::TempDir()) / "file_test_unreadable";
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  EXPECT_EQ(read_file(directory).error().code, Code::DeviceFailed);
  EXPECT_EQ(read_file(directory / "missing").error().code, Code::ResourceNotFound);
  std::filesystem::create_symlink("loop", directory / "loop");
  EXPECT_EQ(read_file(directory / "loop").error().code, Code::DeviceFailed);
}

TEST(File, OfOthersOnlyRegularFilesOfASizeAreRead) {
  const auto directory = std::filesystem::path(testing::TempDir()) / "file_test_others";
  std::filesystem::remove_all(directory);
  ASSERT_TRUE(replace_file(directory / "six", as_bytes("sixsix")));
  EXPECT_EQ(*read_regular_file(directory / "six", 6), "sixsix");
  EXPECT_EQ(read_regular_file(directory / "six", 5).error().code, Code::Corrupt);
  EXPECT_EQ(read_regular_file(directory / "missing", 6).error().code, Code::ResourceNotFound);
  EXPECT_EQ(read_regular_file(directory, 6).error().code, Code::DeviceFailed);
  ASSERT_EQ(::mkfifo((directory / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_regular_file(directory / "pipe", 6).error().code, Code::Corrupt) << "nobody is waited for";
  EXPECT_EQ(read_regular_file("/dev/zero", 6).error().code, Code::Corrupt);
}

}  // namespace
}  // namespace vitrine
