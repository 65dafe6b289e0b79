#include "operations/page_blobs.h"

#include <gtest/gtest.h>

#include "operations/snapshots.h"
#include "operations/tags.h"
#include "operations/test_world.h"

namespace vitrine::operations {
namespace {

class PageBlobs : public testing::Test {
 protected:
  PageBlobs() {
    auto exchange = world_.request();
    EXPECT_TRUE(world_.run(create_container(*world_.floors, exchange, {world_.container("box"), {}})));
    exchange = world_.request();
    const CreatePageBlob create{.blob = blob(), .size = 4096, .sequence_number = 7};
    EXPECT_TRUE(world_.run(create_page_blob(*world_.floors, exchange, create)));
  }

  BlobRef blob() { return world_.blob("box", "disk"); }

  Result<PagesAnswer> put(const blobs::Interval& pages, std::size_t size,
                          const blobs::SequenceConditions& sequence = {}) {
    auto exchange = world_.request();
    TextInput body(std::string(size, 'a'));
    const PutPages request{.blob = blob(), .pages = pages, .length = size, .sequence = sequence};
    return world_.run(put_pages(*world_.floors, exchange, request, body));
  }
  Result<PropertiesAnswer> set(const SetBlobProperties& request) {
    auto exchange = world_.request();
    return world_.run(set_blob_properties(*world_.floors, exchange, request));
  }
  Result<PageRangesAnswer> ranges(const GetPageRanges& request) {
    auto exchange = world_.request();
    return world_.run(get_page_ranges(*world_.floors, exchange, request));
  }

  TestWorld world_{"page_blobs"};
};

TEST_F(PageBlobs, EveryOperationLeavesOneRecord) {
  const auto before = world_.records().size();
  ASSERT_TRUE(put({0, 1024}, 1024));
  auto exchange = world_.request();
  ASSERT_TRUE(world_.run(clear_pages(*world_.floors, exchange, {.blob = blob(), .pages = {0, 512}})));
  ASSERT_TRUE(ranges({.blob = blob()}));
  exchange = world_.request();
  const auto taken = world_.run(take_snapshot(*world_.floors, exchange, {.blob = blob()})).value().moment;
  exchange = world_.request();
  ASSERT_TRUE(world_.run(get_page_differences(*world_.floors, exchange, {{.blob = blob()}, taken})));
  exchange = world_.request();
  ASSERT_TRUE(world_.run(set_tags(*world_.floors, exchange, {.blob = blob()})));
  ASSERT_TRUE(set({.blob = blob(), .size = 512}));
  auto past = blob();
  past.past = {blobs::PastKind::Snapshot, taken};
  ASSERT_TRUE(ranges({.blob = past}));
  const auto records = world_.records();
  struct Row {
    std::string action, version;
    unsigned status;
  };
  const Row rows[] = {{"page.put", "", 201},
                      {"page.clear", "", 201},
                      {"page.get-ranges", "", 200},
                      {"blob.snapshot", taken.text(), 201},
                      {"page.get-ranges-diff", "", 200},
                      {"blob.set-tags", "", 204},
                      {"blob.set-properties", "", 200},
                      {"page.get-ranges", taken.text(), 200}};
  ASSERT_EQ(records.size(), before + std::size(rows));
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    const auto& record = records[before + i];
    EXPECT_EQ(record.what.action, rows[i].action);
    EXPECT_EQ(record.what.version, rows[i].version) << rows[i].action;
    EXPECT_EQ(record.outcome.status, rows[i].status) << rows[i].action;
  }
  EXPECT_EQ(records[before + 7].what.content_root, records[before + 1].what.content_root)
      << "the snapshot is of what was there when it was taken";
}

TEST_F(PageBlobs, WhatIsRefusedIsOnRecordAndChangesNothing) {
  const auto before = world_.records().size();
  EXPECT_EQ(put({0, 1024}, 512).error().code, Code::InvalidPageRange);
  EXPECT_EQ(put({4096, 4608}, 512).error().code, Code::InvalidPageRange);
  EXPECT_EQ(put({0, 512}, 512, {.below = 7}).error().code, Code::SequenceNumberConditionNotMet);
  EXPECT_EQ(set({.blob = blob(), .size = 100}).error().code, Code::OutOfRangeInput);
  const auto records = world_.records();
  ASSERT_EQ(records.size(), before + 4);
  EXPECT_EQ(records[before].outcome.status, 416u);
  EXPECT_EQ(records[before + 2].outcome.status, 412u);
  EXPECT_TRUE(ranges({.blob = blob()})->ranges.empty());
}

TEST_F(PageBlobs, OnlyWhatIsNamedIsSet) {
  blobs::ContentHeaders content;
  content.type = "text/plain";
  ASSERT_TRUE(set({.blob = blob(), .content = content}));
  const auto sized = set({.blob = blob(), .size = 512});
  ASSERT_TRUE(sized);
  EXPECT_EQ(sized->sequence_number, 7u);
  const auto counted = set({.blob = blob(), .sequence = SequenceChange{blobs::SequenceAction::Increment, 0}});
  EXPECT_EQ(counted->sequence_number, 8u);
  auto exchange = world_.request();
  const auto head = world_.run(get_blob_properties(*world_.floors, exchange, {.blob = blob()})).value().head;
  EXPECT_EQ(head.content.type, "text/plain");
  EXPECT_EQ(head.size, 512u);
}

TEST_F(PageBlobs, ALongListGoesOnAtItsMarker) {
  for (std::uint64_t at = 0; at < 4096; at += 1024) ASSERT_TRUE(put({at, at + 512}, 512));
  auto page = ranges({.blob = blob(), .most = 3}).value();
  ASSERT_EQ(page.ranges.size(), 3u);
  page = ranges({.blob = blob(), .marker = page.next_marker, .most = 3}).value();
  ASSERT_EQ(page.ranges.size(), 1u);
  EXPECT_EQ(page.ranges.front().pages, (blobs::Interval{3072, 3584}));
  EXPECT_TRUE(page.next_marker.empty());
  EXPECT_EQ(ranges({.blob = blob(), .marker = "1!MQ=="}).error().code, Code::OutOfRangeInput)
      << "no page begins at byte 1";
}

}  // namespace
}  // namespace vitrine::operations
