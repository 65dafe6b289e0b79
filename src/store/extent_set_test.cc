// Which extents are open, and for whom.
#include "store/extent_set.h"

#include <gtest/gtest.h>

#include <functional>

#include "store/passing_files.h"
#include "store/store_test_peer.h"

namespace vitrine::store {
namespace {

struct Opened {
  int files = 0;                      ///< that nobody has closed
  std::function<void()> meanwhile{};  ///< done when the next file was opened, before its opener has it
};

class CountedFile final : public PassingFile {
 public:
  CountedFile(std::unique_ptr<File> file, const std::filesystem::path&, Opened& opened)
      : PassingFile(std::move(file)), opened_(opened) {
    ++opened_.files;
    if (auto meanwhile = std::exchange(opened_.meanwhile, nullptr)) meanwhile();
  }
  ~CountedFile() override { --opened_.files; }
  CountedFile(const CountedFile&) = delete;
  CountedFile& operator=(const CountedFile&) = delete;

 private:
  Opened& opened_;
};

class ExtentSetTest : public testing::Test {
 protected:
  ExtentSetTest() {
    open({});
    auto reservation = set_->reserve(100).value();
    number_ = reservation->extent().number();
    EXPECT_TRUE(reservation->extent().write_at(reservation->offset(), Bytes(100, 'x')));
    reservation->keep(100);
    reservation.reset();
    open({number_});
    EXPECT_EQ(files_.state.files, 0);
  }
  void open(const std::set<std::uint64_t>& live) {
    set_.reset();
    set_ = ExtentSet::open(files_, {{scratch_.path()}, 1 << 20, 0}, live).value();
  }

  ScratchDirectory scratch_;
  PassingFiles<CountedFile, Opened> files_;
  std::unique_ptr<ExtentSet> set_;
  std::uint64_t number_ = 0;
};

TEST_F(ExtentSetTest, OneThatIsRemovedWhileItIsOpenedIsClosedByWhoOpenedIt) {
  files_.state.meanwhile = [&] { EXPECT_TRUE(set_->remove(number_)); };
  auto extent = set_->open_for_reading(number_).value();
  Bytes byte(1);
  EXPECT_EQ(*extent->file().read_at(Extent::kHeaderBytes, byte), 1u) << "it is read to the end";
  extent.reset();
  EXPECT_EQ(files_.state.files, 0);
  EXPECT_FALSE(set_->contains(number_));
}

TEST_F(ExtentSetTest, TwoThatOpenItAtOnceHaveTheSame) {
  std::shared_ptr<const Extent> first;
  files_.state.meanwhile = [&] { first = set_->open_for_reading(number_).value(); };
  auto second = set_->open_for_reading(number_).value();
  EXPECT_EQ(first, second);
  EXPECT_EQ(files_.state.files, 1);
  second.reset();
  EXPECT_FALSE(set_->is_idle(number_)) << "the first has it in hand";
  first.reset();
  EXPECT_TRUE(set_->is_idle(number_));
}

}  // namespace
}  // namespace vitrine::store
