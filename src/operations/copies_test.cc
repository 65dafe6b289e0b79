#include "operations/copies.h"

#include "operations/append_blobs.h"
#include "operations/collection_world.h"
#include "operations/page_blobs.h"
#include "operations/snapshots.h"

namespace vitrine::operations {
namespace {

constexpr std::array kAll = {"small", "large", "blocks", "pages", "appended"};

class Copies : public CollectionTest {
 protected:
  Copies() {
    EXPECT_TRUE(create("other"));
    collect();
    at_rest_ = rows();
  }

  BlobRef at(const std::string& place) {
    const auto slash = place.find('/');
    return world_.blob(place.substr(0, slash), place.substr(slash + 1));
  }
  CopySource source(const BlobRef& blob) { return {.blob = blob, .exchange = world_.request()}; }
  Result<CopyAnswer> copy(
      const BlobRef& from, const std::string& to,
      const std::function<void(CopyBlob&)>& with = [](CopyBlob&) {}) {
    CopyBlob request{.blob = at(to)};
    with(request);
    auto exchange = world_.request();
    auto reading = source(from);
    return world_.run(copy_blob(*world_.floors, exchange, request, reading));
  }
  Result<CopyAnswer> copy(const std::string& from, const std::string& to) { return copy(at(from), to); }

  std::string read_at(const std::string& place) {
    auto exchange = world_.request();
    auto answer = world_.run(get_blob(*world_.floors, exchange, {.blob = at(place)}));
    return answer ? world_.run(read_all(answer->body)).value() : std::string(name(answer.error().code));
  }
  blobs::BlobHead head(const std::string& place) {
    auto exchange = world_.request();
    return world_.run(get_blob_properties(*world_.floors, exchange, {.blob = at(place)})).value().head;
  }
  void remove_at(const std::string& place) {
    auto exchange = world_.request();
    ASSERT_TRUE(world_.run(
        delete_blob(*world_.floors, exchange, {.blob = at(place), .what = Deleted::BlobAndSnapshots})));
  }
  void write_pages(const std::string& place, const blobs::Interval& pages, char letter) {
    auto exchange = world_.request();
    TextInput body(std::string(pages.length(), letter));
    const PutPages request{.blob = at(place), .pages = pages, .length = pages.length()};
    ASSERT_TRUE(world_.run(put_pages(*world_.floors, exchange, request, body)));
  }
  void append(const std::string& place, std::size_t size) {
    auto exchange = world_.request();
    TextInput body(std::string(size, 'q'));
    const AppendBlock request{.blob = at(place), .length = size};
    ASSERT_TRUE(world_.run(append_block(*world_.floors, exchange, request, body)));
  }
  /// One blob of each kind, of small and large pieces.
  void make_all_kinds() {
    put("small", kSmall);
    put("large", kLarge);
    for (const auto& [id, size] : {std::pair("YQ==", kLarge), {"Yg==", kSmall}})
      put_block("blocks", id, size);
    commit_blocks("blocks", {"YQ==", "Yg==", "YQ=="});
    auto exchange = world_.request();
    ASSERT_TRUE(
        world_.run(create_page_blob(*world_.floors, exchange, {.blob = at("box/pages"), .size = 1 << 20})));
    write_pages("box/pages", {512, 2048}, 'a');
    write_pages("box/pages", {1024, 1536}, 'b');
    write_pages("box/pages", {4096, 4096 + 262144}, 'c');
    write_pages("box/pages", {8192, 8704}, 'd');
    exchange = world_.request();
    ASSERT_TRUE(world_.run(create_append_blob(*world_.floors, exchange, {.blob = at("box/appended")})));
    append("box/appended", kSmall);
    append("box/appended", kLarge);
  }
  auto bytes_on_disk() { return world_.store->counters("live/").value(); }
};

TEST_F(Copies, AreTheSameAndStandAlone) {
  make_all_kinds();
  for (const std::string name : kAll) {
    const auto content = read_at("box/" + name);
    const auto original = head("box/" + name);
    for (const auto* to : {"box", "other"}) {
      const auto place = std::string(to) + "/copy of " + name;
      ASSERT_TRUE(copy("box/" + name, place)) << place;
      EXPECT_EQ(read_at(place), content) << place;
      const auto copied = head(place);
      EXPECT_EQ(copied.content_root, original.content_root) << place;
      EXPECT_EQ(copied.content, original.content) << place;
      EXPECT_EQ(copied.layout.index(), original.layout.index()) << place;
    }
    remove_at("box/" + name);
    collect();
    for (const auto* to : {"box/copy of ", "other/copy of "}) EXPECT_EQ(read_at(to + name), content) << name;
    remove_at("box/copy of " + name);
    collect();
    EXPECT_EQ(read_at("other/copy of " + name), content) << name;
    remove_at("other/copy of " + name);
  }
  expect_nothing_left();
}

TEST_F(Copies, MoveNoLargeBodiesWithinAnAccount) {
  make_all_kinds();
  const auto before = bytes_on_disk();
  for (const std::string name : kAll) {
    ASSERT_TRUE(copy("box/" + name, "box/copy of " + name));
    ASSERT_TRUE(copy("box/" + name, "other/" + name));
  }
  EXPECT_EQ(bytes_on_disk(), before);
}

TEST_F(Copies, AreChangedApartFromTheirSource) {
  make_all_kinds();
  ASSERT_TRUE(copy("box/pages", "box/p"));
  ASSERT_TRUE(copy("box/appended", "other/a"));
  const auto pages = read_at("box/pages"), appended = read_at("box/appended");
  write_pages("box/p", {0, 8192}, 'z');
  append("other/a", kSmall);
  EXPECT_EQ(read_at("box/pages"), pages);
  EXPECT_EQ(read_at("box/p"), std::string(8192, 'z') + pages.substr(8192));
  EXPECT_EQ(read_at("box/appended"), appended);
  EXPECT_EQ(read_at("other/a"), appended + std::string(kSmall, 'q'));
  for (const auto* place :
       {"box/p", "other/a", "box/pages", "box/appended", "box/small", "box/large", "box/blocks"})
    remove_at(place);
  expect_nothing_left();
}

TEST_F(Copies, OntoThemselvesAndOfSnapshotsAreCopies) {
  make_all_kinds();
  for (const std::string name : kAll) {
    const auto content = read_at("box/" + name);
    auto exchange = world_.request();
    auto past = at("box/" + name);
    const auto taken = world_.run(take_snapshot(*world_.floors, exchange, {.blob = past})).value().moment;
    past.past = {blobs::PastKind::Snapshot, taken};
    ASSERT_TRUE(copy("box/" + name, "box/" + name));
    EXPECT_EQ(read_at("box/" + name), content);
    if (name == "pages") write_pages("box/pages", {0, 65536}, 'y');
    ASSERT_TRUE(copy(past, "box/" + name)) << "back to the snapshot";
    EXPECT_EQ(read_at("box/" + name), content) << name;
  }
  for (const std::string name : kAll) remove_at("box/" + name);
  expect_nothing_left();
}

TEST_F(Copies, LeaveARecordOfTheReadAndOneOfTheWrite) {
  put("blob", kSmall);
  const auto before = world_.records().size();
  ASSERT_TRUE(copy("box/blob", "other/copy"));
  EXPECT_EQ(copy("box/none", "other/copy").error().code, Code::CannotVerifyCopySource);
  EXPECT_EQ(copy("box/blob", "none/copy").error().code, Code::ContainerNotFound);
  struct Row {
    std::string action, container;
    unsigned status;
  };
  const Row rows[] = {{"blob.get", "box", 200},
                      {"blob.copy", "other", 202},
                      {"blob.get", "box", 404},
                      {"blob.copy", "other", 404},
                      {"blob.copy", "none", 404}};
  const auto records = world_.records();
  ASSERT_EQ(records.size(), before + std::size(rows));
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    const auto& record = records[before + i];
    EXPECT_EQ(record.what.action, rows[i].action) << i;
    EXPECT_EQ(record.what.container, rows[i].container) << i;
    EXPECT_EQ(record.outcome.status, rows[i].status) << i;
  }
  EXPECT_EQ(records[before].what.content_root, records[before + 1].what.content_root);
}

TEST_F(Copies, AsABlockBlobTakeWhateverKind) {
  make_all_kinds();
  for (const std::string name : kAll) {
    ASSERT_TRUE(
        copy(at("box/" + name), "other/" + name, [](CopyBlob& request) { request.keeps_kind = false; }));
    EXPECT_EQ(read_at("other/" + name), read_at("box/" + name));
    EXPECT_LT(head("other/" + name).layout.index(), 2u) << name;
  }
}

TEST_F(Copies, AreHeldAgainstWhatTheClientSaysOfTheSource) {
  put("blob", kLarge);
  const auto right = crypto::md5(as_bytes(read("blob")));
  auto wrong = right;
  wrong[0] ^= 1;
  const auto checked = [&](const crypto::Md5Digest& md5) {
    return copy(at("box/blob"), "other/copy", [&](CopyBlob& request) { request.checks.md5 = md5; });
  };
  EXPECT_EQ(checked(wrong).error().code, Code::Md5Mismatch);
  EXPECT_EQ(read_at("other/copy"), "BlobNotFound");
  EXPECT_EQ(checked(right)->md5, right);
  EXPECT_EQ(
      copy(at("box/blob"), "other/copy", [](CopyBlob& request) { request.most = kLarge - 1; }).error().code,
      Code::RequestBodyTooLarge);
}

TEST_F(Copies, TakeThePlaceOfTheirOwnKindAlone) {
  make_all_kinds();
  EXPECT_EQ(copy("box/pages", "box/small").error().code, Code::InvalidBlobType);
  EXPECT_EQ(copy("box/small", "box/appended").error().code, Code::InvalidBlobType);
  EXPECT_TRUE(copy("box/small", "box/blocks"));
}

TEST_F(Copies, AreOfOneStateWhateverHappensToTheirSource) {
  for (int round = 0; round < 10; ++round) {
    put("a", kLarge);
    put("b", kSmall);
    auto copying = world_.request(), writing = world_.request(), erasing = world_.request();
    auto from_a = source(at("box/a")), from_b = source(at("box/b"));
    const CopyBlob first{.blob = at("other/a")}, second{.blob = at("box/b")};
    TextInput body(std::string(kLarge, 'z'));
    const PutBlob overwrite{.blob = at("box/a"), .length = kLarge};
    world_.run_together(copy_blob(*world_.floors, copying, first, from_a),
                        put_blob(*world_.floors, writing, overwrite, body));
    const auto copied = read_at("other/a");
    EXPECT_TRUE(copied == content("a", kLarge) || copied == std::string(kLarge, 'z')) << copied.size();
    const DeleteBlob erase{.blob = at("box/b")};
    world_.run_together(copy_blob(*world_.floors, copying, second, from_b),
                        delete_blob(*world_.floors, erasing, erase));
    auto from_z = source(at("box/a"));
    auto copying_z = world_.request(), erasing_z = world_.request();
    const CopyBlob third{.blob = at("other/z")};
    const DeleteBlob erase_z{.blob = at("box/a")};
    world_.run_together(copy_blob(*world_.floors, copying_z, third, from_z),
                        delete_blob(*world_.floors, erasing_z, erase_z));
    const auto left = read_at("other/z");
    EXPECT_TRUE(left == "BlobNotFound" || left == std::string(kLarge, 'z')) << left.substr(0, 40);
    if (left != "BlobNotFound") remove_at("other/z");
    remove_at("other/a");
    if (read_at("box/b") != "BlobNotFound") remove_at("box/b");
  }
  expect_nothing_left();
}

TEST_F(Copies, AreDoneAtOnceSoThereIsNothingToAbort) {
  put("blob", kSmall);
  const auto answer = copy(at("box/blob"), "box/copy",
                           [](CopyBlob& request) { request.told_source = "http://h/a/box/blob"; });
  const auto told = blobs::attribute<blobs::CopyState>(head("box/copy").attributes).value();
  ASSERT_TRUE(told);
  EXPECT_EQ(told, answer->state);
  EXPECT_EQ(told->bytes, kSmall);
  auto exchange = world_.request();
  EXPECT_EQ(world_.run(abort_copy(*world_.floors, exchange, {at("box/copy"), {}})).error().code,
            Code::NoPendingCopyOperation);
  EXPECT_EQ(world_.run(abort_copy(*world_.floors, exchange, {at("box/none"), {}})).error().code,
            Code::BlobNotFound);
}

}  // namespace
}  // namespace vitrine::operations
