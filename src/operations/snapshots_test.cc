#include "operations/snapshots.h"

#include "operations/append_blobs.h"
#include "operations/collection_world.h"
#include "operations/page_blobs.h"

namespace vitrine::operations {
namespace {

class Snapshots : public CollectionTest {
 protected:
  blobs::Moment snapshot(const std::string& name, const blobs::Metadata& metadata = {}) {
    auto exchange = world_.request();
    auto taken =
        world_.run(take_snapshot(*world_.floors, exchange, {world_.blob("box", name), metadata, {}}));
    EXPECT_TRUE(taken) << taken.error().message;
    return taken->moment;
  }
  BlobRef at(const std::string& name, blobs::Moment moment) {
    auto ref = world_.blob("box", name);
    ref.past = {blobs::PastKind::Snapshot, moment};
    return ref;
  }
  std::string read_at(const std::string& name, blobs::Moment moment) {
    auto exchange = world_.request();
    auto answer = world_.run(get_blob(*world_.floors, exchange, {.blob = at(name, moment)}));
    return answer ? world_.run(read_all(answer->body)).value()
                  : std::string(vitrine::name(answer.error().code));
  }
  Result<bool> remove(const BlobRef& ref, Deleted what) {
    auto exchange = world_.request();
    return world_.run(delete_blob(*world_.floors, exchange, {.blob = ref, .what = what}));
  }
  void make_pages(const std::string& name) {
    auto exchange = world_.request();
    ASSERT_TRUE(world_.run(
        create_page_blob(*world_.floors, exchange, {.blob = world_.blob("box", name), .size = 4096})));
  }
  void write_pages(const std::string& name, const blobs::Interval& pages, char letter) {
    auto exchange = world_.request();
    TextInput body(std::string(pages.length(), letter));
    const PutPages request{.blob = world_.blob("box", name), .pages = pages, .length = pages.length()};
    ASSERT_TRUE(world_.run(put_pages(*world_.floors, exchange, request, body)));
  }
  void append(const std::string& name, char letter) {
    auto exchange = world_.request();
    TextInput body(std::string(kSmall, letter));
    const AppendBlock request{.blob = world_.blob("box", name), .length = kSmall};
    ASSERT_TRUE(world_.run(append_block(*world_.floors, exchange, request, body)));
  }
  /// One blob of each kind, small and large, changed and written anew between snapshots.
  void make_all_kinds() {
    for (const auto* name : {"small", "large"}) {
      const auto size = name == std::string("large") ? kLarge : kSmall;
      put(name, size);
      snapshot(name);
      snapshot(name);
      put(name, size);
      snapshot(name);
    }
    put_block("blocks", "YQ==", kLarge);
    put_block("blocks", "Yg==", kSmall);
    commit_blocks("blocks", {"YQ==", "Yg=="});
    snapshot("blocks");
    snapshot("blocks");
    commit_blocks("blocks", {"Yg=="});
    snapshot("blocks");
    for (int round = 0; round < 2; ++round) {
      make_pages("pages");
      for (char letter : {'a', 'b', 'c'}) {
        write_pages("pages", {512, 2048}, letter);
        snapshot("pages");
        snapshot("pages");
        write_pages("pages", {1024, 1536}, letter);
      }
      auto exchange = world_.request();
      ASSERT_TRUE(
          world_.run(create_append_blob(*world_.floors, exchange, {.blob = world_.blob("box", "appended")})));
      for (char letter : {'a', 'b'}) {
        append("appended", letter);
        snapshot("appended");
        snapshot("appended");
      }
    }
  }
  static constexpr std::array kAll = {"small", "large", "blocks", "pages", "appended"};
};

TEST_F(Snapshots, KeepWhatTheBlobWas) {
  put("blob", kSmall);
  const auto before = read("blob");
  const auto moment = snapshot("blob");
  auto exchange = world_.request();
  TextInput body(std::string("new"));
  ASSERT_TRUE(world_.run(
      put_blob(*world_.floors, exchange, {.blob = world_.blob("box", "blob"), .length = 3}, body)));
  EXPECT_EQ(read("blob"), "new");
  EXPECT_EQ(read_at("blob", moment), before);
}

TEST_F(Snapshots, OfPagesShareThemUntilTheyChange) {
  make_pages("pages");
  write_pages("pages", {0, 1024}, 'a');
  const auto first = snapshot("pages");
  write_pages("pages", {512, 1024}, 'b');
  const auto second = snapshot("pages");
  write_pages("pages", {0, 4096}, 'c');
  EXPECT_EQ(read_at("pages", first), std::string(1024, 'a') + std::string(3072, '\0'));
  EXPECT_EQ(read_at("pages", second),
            std::string(512, 'a') + std::string(512, 'b') + std::string(3072, '\0'));
  EXPECT_EQ(read("pages"), std::string(4096, 'c'));
}

TEST_F(Snapshots, KeepABlobFromBeingDeletedAlone) {
  put("blob", kSmall);
  const auto moment = snapshot("blob");
  EXPECT_EQ(remove(world_.blob("box", "blob"), Deleted::Blob).error().code, Code::SnapshotsPresent);
  EXPECT_TRUE(remove(at("blob", moment), Deleted::Blob));
  EXPECT_EQ(remove(at("blob", moment), Deleted::Blob).error().code, Code::BlobNotFound);
  EXPECT_TRUE(remove(world_.blob("box", "blob"), Deleted::Blob));
  expect_nothing_left();
}

TEST_F(Snapshots, LeaveNothingBehindWhenTheyGoWithTheirBlob) {
  make_all_kinds();
  for (const auto* name : kAll) ASSERT_TRUE(remove(world_.blob("box", name), Deleted::BlobAndSnapshots));
  expect_nothing_left();
}

TEST_F(Snapshots, LeaveNothingBehindAndTheBlobAsItWasWhenTheyGoAlone) {
  make_all_kinds();
  std::vector<std::string> before;
  for (const auto* name : kAll) before.push_back(read(name));
  for (const auto* name : kAll) ASSERT_TRUE(remove(world_.blob("box", name), Deleted::Snapshots));
  collect();
  for (std::size_t i = 0; i < kAll.size(); ++i) EXPECT_EQ(read(kAll.at(i)), before.at(i)) << kAll.at(i);
  for (const auto* name : kAll) ASSERT_TRUE(remove(world_.blob("box", name), Deleted::Blob)) << name;
  expect_nothing_left();
}

TEST_F(Snapshots, MayHaveMetadataOfTheirOwn) {
  put("blob", kSmall);
  const auto plain = snapshot("blob"), described = snapshot("blob", {{"a", "1"}});
  const auto head = [&](const BlobRef& ref) {
    auto exchange = world_.request();
    return world_.run(get_blob_properties(*world_.floors, exchange, {.blob = ref})).value().head;
  };
  const auto own = head(world_.blob("box", "blob"));
  EXPECT_EQ(head(at("blob", plain)), own);
  const auto other = head(at("blob", described));
  EXPECT_EQ(other.metadata, (blobs::Metadata{{"a", "1"}}));
  EXPECT_NE(other.etag, own.etag);
  EXPECT_GT(described, plain);
}

}  // namespace
}  // namespace vitrine::operations
