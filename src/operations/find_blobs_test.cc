#include "operations/find_blobs.h"

#include <gtest/gtest.h>

#include "blobs/tag_index.h"
#include "operations/collection_world.h"
#include "operations/tags.h"
#include "store/key_range.h"

namespace vitrine::operations {
namespace {

class FindBlobsTest : public CollectionTest {
 public:
  void tag(const std::string& name, std::initializer_list<std::pair<const std::string, std::string>> values) {
    blobs::Tags tags;
    tags.values = values;
    auto exchange = world_.request();
    ASSERT_TRUE(
        world_.run(set_tags(*world_.floors, exchange, {world_.blob("box", name), std::move(tags), {}})));
  }
  std::string find(std::string_view where, std::size_t most = 5000) {
    std::string names, marker;
    do {
      auto exchange = world_.request();
      const FindBlobs request{.account = world_.account().name,
                              .container = {},
                              .search = blobs::TagSearch::parse(where).value(),
                              .marker = marker,
                              .most = most};
      const auto page = world_.run(find_blobs(*world_.floors, exchange, request)).value();
      EXPECT_LE(page.blobs.size(), most);
      for (const auto& blob : page.blobs) names += blob.container + '/' + blob.name + ' ';
      marker = page.next_marker;
    } while (!marker.empty());
    return names;
  }
  std::size_t tag_rows() {
    const auto prefix = blobs::tag_prefix(world_.account().name.text());
    return world_.store->scan(store::Table::State, prefix, store::key_after_prefix(prefix), 100)->size();
  }
};

TEST_F(FindBlobsTest, RowsGoWithWhatTheyAreOf) {
  for (const auto* name : {"a", "b", "c"}) {
    put(name, 10);
    tag(name, {{"k", "v"}, {"name", name}});
  }
  EXPECT_EQ(tag_rows(), 6u);
  for (std::size_t most : {1, 2, 5000}) EXPECT_EQ(find("k='v'", most), "box/a box/b box/c ");
  remove("a");
  tag("b", {});
  EXPECT_EQ(tag_rows(), 2u);
  remove_container("box");
  EXPECT_EQ(find("k='v'"), "") << "although the rows are there still";
  EXPECT_EQ(tag_rows(), 2u);
  ASSERT_TRUE(create("box"));
  EXPECT_EQ(find("k='v'"), "") << "another container of the same name";
  put("d", 10);
  tag("d", {{"k", "v"}});
  EXPECT_EQ(find("k='v'"), "box/d ");
  collect();
  EXPECT_EQ(tag_rows(), 1u);
  EXPECT_EQ(find("k='v'"), "box/d ");
  remove("d");
  expect_nothing_left();
}

TEST_F(FindBlobsTest, TheRecordSaysWhatWasAsked) {
  find("k='v'");
  EXPECT_EQ(world_.records().back().what.action, "service.find-blobs");
}

}  // namespace
}  // namespace vitrine::operations
