#include "app/extent_directories.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"

namespace vitrine::app {
namespace {

namespace fs = std::filesystem;

class ExtentDirectories : public testing::Test {
 protected:
  ExtentDirectories() : root_(fs::path(testing::TempDir()) / ("extents_" + std::to_string(::getpid()))) {
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~ExtentDirectories() override { fs::remove_all(root_); }

  [[nodiscard]] std::string disk(const std::string& name) const { return (root_ / name).string(); }
  Result<std::vector<fs::path>> settle(const std::string& asked) { return settle({root_ / "data"}, asked); }
  static Result<std::vector<fs::path>> settle(const DataDir& data, const std::string& asked) {
    auto directories = TRY(find_extent_directories(data, asked));
    TRY(keep_extent_directories(data, directories));
    return directories;
  }
  void store_in(const std::string& directory) {
    ASSERT_TRUE(replace_file(fs::path(directory) / "0000000000000001.extent", {}));
  }

  fs::path root_;
};

using Paths = std::vector<fs::path>;

TEST_F(ExtentDirectories, LieInTheStoreUnlessOthersAreAskedFor) {
  EXPECT_EQ(settle("").value(), Paths{root_ / "data/store/extents"});
  EXPECT_EQ(settle(disk("a") + "," + disk("b") + "/").value().size(), 2u);
  EXPECT_EQ(settle("").value().front(), root_ / "a") << "as at the last start";
  EXPECT_EQ(settle(disk("b")).value(), Paths{root_ / "b"});
  EXPECT_EQ(settle("").value(), Paths{root_ / "b"});
}

TEST_F(ExtentDirectories, OneThatHoldsBodiesIsNotLeftOut) {
  store_in(disk("data/store/extents"));
  EXPECT_EQ(settle(disk("a")).error().code, Code::InvalidInput);
  const auto both = disk("data/store/extents") + "," + disk("a");
  ASSERT_TRUE(settle(both));
  store_in(disk("a"));
  const auto refused = settle(disk("data/store/extents"));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find(disk("a")), std::string::npos);
  EXPECT_EQ(settle("").value().size(), 2u) << "a refusal changes nothing";
}

TEST_F(ExtentDirectories, OfACopyAreNotThoseOfTheOriginal) {
  ASSERT_TRUE(settle(disk("a")));
  std::filesystem::create_directory(root_ / "copy");
  std::filesystem::copy_file(root_ / "data/extent-directories", root_ / "copy/extent-directories");
  const DataDir copy{root_ / "copy"};
  const auto refused = settle(copy, "");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::InvalidInput);
  EXPECT_NE(refused.error().message.find((root_ / "data").string()), std::string::npos);
  EXPECT_EQ(settle(copy, disk("b")).value(), Paths{root_ / "b"});
  EXPECT_EQ(settle(copy, "").value(), Paths{root_ / "b"});
  EXPECT_EQ(settle("").value(), Paths{root_ / "a"});
}

TEST_F(ExtentDirectories, KeptByAnEarlierVersionAreTaken) {
  ASSERT_TRUE(replace_file(root_ / "data/extent-directories", as_bytes(disk("a") + "\n" + disk("b") + "\n")));
  EXPECT_EQ(settle("").value(), (Paths{root_ / "a", root_ / "b"}));
}

TEST_F(ExtentDirectories, WrongOnesAreRefused) {
  for (const auto& wrong : {std::string("a"), std::string("./a"), disk("a") + "," + disk("a"), disk("a\nb")})
    EXPECT_EQ(settle(wrong).error().code, Code::InvalidInput) << wrong;
}

}  // namespace
}  // namespace vitrine::app
