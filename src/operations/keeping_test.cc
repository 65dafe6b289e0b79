// What is kept of states that go, and that nothing is left of them when their time is over.
#include "blobs/keeping.h"

#include <thread>

#include "operations/append_blobs.h"
#include "operations/collection_world.h"
#include "operations/expire_blobs.h"
#include "operations/lifetimes.h"
#include "operations/page_blobs.h"
#include "operations/restores.h"
#include "operations/service_properties.h"
#include "operations/services.h"
#include "operations/snapshots.h"

namespace vitrine::operations {
namespace {

using namespace std::chrono_literals;

class KeepingTest : public CollectionTest {
 protected:
  void retain(std::optional<std::chrono::days> days) {
    auto exchange = world_.request();
    SetServiceProperties request{.account = world_.account().name, .change = {}};
    request.change.delete_retention = blobs::DeleteRetention{
        .enabled = days.has_value(), .days = days ? static_cast<std::uint32_t>(days->count()) : 0};
    ASSERT_TRUE(world_.run(set_service_properties(*world_.floors, exchange, request)));
    if (!has_policy_) ++at_rest_;
    has_policy_ = true;
  }
  void version() { world_.floors->keeping.all_versioned = true; }
  bool undelete(const std::string& name) {
    auto exchange = world_.request();
    return world_.run(undelete_blob(*world_.floors, exchange, {world_.blob("box", name)})).has_value();
  }
  void snapshot(const std::string& name) {
    auto exchange = world_.request();
    ASSERT_TRUE(world_.run(take_snapshot(*world_.floors, exchange, {world_.blob("box", name), {}, {}})));
  }
  void remove_all(const std::string& name) {
    auto exchange = world_.request();
    ASSERT_TRUE(world_.run(delete_blob(
        *world_.floors, exchange, {.blob = world_.blob("box", name), .what = Deleted::BlobAndSnapshots})));
  }
  std::vector<ListedBlob> list() {
    auto exchange = world_.request();
    auto page = world_.run(list_blobs(*world_.floors, exchange,
                                      {.container = world_.container("box"),
                                       .also = {.snapshots = true, .versions = true, .deleted = true}}));
    std::vector<ListedBlob> listed;
    for (auto& item : page->items) listed.push_back(std::get<ListedBlob>(item));
    return listed;
  }
  void make_pages(char letter) {
    auto exchange = world_.request();
    ASSERT_TRUE(world_.run(
        create_page_blob(*world_.floors, exchange, {.blob = world_.blob("box", "pages"), .size = 4096})));
    for (std::uint64_t begin : {0, 1024}) {
      auto own = world_.request();
      TextInput body(std::string(1024, letter));
      const PutPages request{
          .blob = world_.blob("box", "pages"), .pages = {begin, begin + 1024}, .length = 1024};
      ASSERT_TRUE(world_.run(put_pages(*world_.floors, own, request, body)));
      snapshot("pages");
    }
  }
  void make_appended(char letter) {
    auto exchange = world_.request();
    ASSERT_TRUE(
        world_.run(create_append_blob(*world_.floors, exchange, {.blob = world_.blob("box", "appended")})));
    for (int i = 0; i < 2; ++i) {
      auto own = world_.request();
      TextInput body(std::string(kSmall, letter));
      const AppendBlock request{.blob = world_.blob("box", "appended"), .length = kSmall};
      ASSERT_TRUE(world_.run(append_block(*world_.floors, own, request, body)));
      snapshot("appended");
    }
  }
  /// One blob of each kind, written anew and with snapshots.
  void make_all_kinds() {
    for (const auto size : {kSmall, kLarge, kSmall}) {
      put("piece", size);
      snapshot("piece");
    }
    put_block("blocks", "YQ==", kLarge);
    put_block("blocks", "Yg==", kSmall);
    commit_blocks("blocks", {"YQ==", "Yg=="});
    snapshot("blocks");
    commit_blocks("blocks", {"Yg=="});
    commit_blocks("blocks", {"Yg==", "Yg=="});
    for (char letter : {'a', 'b'}) {
      make_pages(letter);
      make_appended(letter);
    }
  }
  void pass(std::chrono::hours time) { clock_.ahead += time; }
  static constexpr std::array kAll = {"piece", "blocks", "pages", "appended"};

 private:
  bool has_policy_ = false;
};

TEST_F(KeepingTest, DeletedBlobsOfAllKindsComeBack) {
  retain(std::chrono::days(7));
  make_all_kinds();
  std::map<std::string, std::string> before;
  for (const auto* name : kAll) before[name] = read(name);
  for (const auto* name : kAll) remove_all(name);
  pass(6 * 24h);
  collect();
  for (const auto* name : kAll) {
    EXPECT_FALSE(get(name)) << name;
    EXPECT_TRUE(undelete(name)) << name;
    EXPECT_EQ(read(name), before[name]) << name;
  }
}

TEST_F(KeepingTest, NothingIsLeftWhenTheTimeIsOver) {
  retain(std::chrono::days(7));
  make_all_kinds();
  for (const auto* name : kAll) remove_all(name);
  pass(7 * 24h);
  expect_nothing_left();
  EXPECT_FALSE(undelete("piece"));
}

TEST_F(KeepingTest, OnlyWhatWasDeletedGoes) {
  retain(std::chrono::days(7));
  make_all_kinds();
  std::map<std::string, std::string> before;
  for (const auto* name : kAll) before[name] = read(name);
  pass(7 * 24h);
  collect();
  for (const auto* name : kAll) EXPECT_EQ(read(name), before[name]) << name;
  retain({});
  for (const auto* name : kAll) remove_all(name);
  expect_nothing_left();
}

TEST_F(KeepingTest, WhatWasDeletedBeforeStaysWhenTheRestGoes) {
  retain(std::chrono::days(7));
  make_all_kinds();
  retain({});
  for (const auto* name : kAll) remove_all(name);
  collect();
  for (const auto& each : list()) EXPECT_TRUE(each.head->deletion) << each.name;
  EXPECT_FALSE(list().empty());
  pass(7 * 24h);
  expect_nothing_left();
}

TEST_F(KeepingTest, VersionsOfAllKindsCanBeDeletedOneByOne) {
  version();
  make_all_kinds();
  for (const auto* name : kAll) remove_all(name);
  auto left = list();
  EXPECT_GT(left.size(), 12u);
  for (const auto& each : left) {
    ASSERT_TRUE(each.past && each.past->kind == blobs::PastKind::Version) << each.name;
    auto ref = world_.blob("box", each.name);
    ref.past = each.past;
    auto exchange = world_.request();
    const auto answer = world_.run(get_blob(*world_.floors, exchange, {.blob = ref}));
    ASSERT_TRUE(answer) << answer.error().message;
    auto own = world_.request();
    ASSERT_TRUE(world_.run(delete_blob(*world_.floors, own, {.blob = ref})));
  }
  expect_nothing_left();
}

TEST_F(KeepingTest, ADeletedContainerGoesAtItsTime) {
  world_.floors->keeping.containers = std::chrono::days(5);
  create("other");
  const auto with_one = rows();
  remove_container("other");
  collect();
  EXPECT_EQ(rows(), with_one + 1);
  pass(5 * 24h);
  expect_nothing_left();
}

TEST_F(KeepingTest, EachOperationLeavesItsRecord) {
  retain(std::chrono::days(7));
  put("blob", kSmall);
  const auto begin = world_.records().size();
  remove("blob");
  EXPECT_TRUE(undelete("blob"));
  EXPECT_FALSE(undelete("missing"));
  const auto ref = world_.blob("box", "blob");
  const auto until = system_clock().now() + 1h;
  auto exchange = world_.request();
  const auto& floors = *world_.floors;
  ASSERT_TRUE(world_.run(set_expiry(floors, exchange, {ref, {}})));
  ASSERT_TRUE(world_.run(set_immutability_policy(floors, exchange, {ref, {until}})));
  EXPECT_FALSE(world_.run(delete_blob(floors, exchange, {.blob = ref})));
  ASSERT_TRUE(world_.run(delete_immutability_policy(floors, exchange, {ref})));
  ASSERT_TRUE(world_.run(set_legal_hold(floors, exchange, {ref, true})));
  EXPECT_FALSE(world_.run(delete_container(floors, exchange, {world_.container("box"), {}})));
  EXPECT_FALSE(world_.run(restore_container(
      floors, exchange, {world_.container("new"), *blobs::ContainerName::parse("old"), {}})));
  std::vector<std::pair<std::string, int>> made;
  const auto records = world_.records();
  for (std::size_t i = begin; i < records.size(); ++i)
    made.emplace_back(records[i].what.action, static_cast<int>(records[i].outcome.status));
  const std::vector<std::pair<std::string, int>> expected = {{"blob.delete", 202},
                                                             {"blob.undelete", 200},
                                                             {"blob.undelete", 404},
                                                             {"blob.set-expiry", 200},
                                                             {"blob.set-immutability-policy", 200},
                                                             {"blob.delete", 409},
                                                             {"blob.delete-immutability-policy", 200},
                                                             {"blob.set-legal-hold", 200},
                                                             {"container.delete", 409},
                                                             {"container.restore", 404}};
  EXPECT_EQ(made, expected);
}

TEST_F(KeepingTest, AnExpiredBlobIsDeletedOnRecord) {
  put("blob", kSmall);
  const auto& floors = *world_.floors;
  auto exchange = world_.request();
  const blobs::AskedExpiry soon{blobs::AskedExpiry::Option::RelativeToNow, 1ms, {}};
  ASSERT_TRUE(world_.run(set_expiry(floors, exchange, {world_.blob("box", "blob"), soon})));
  std::this_thread::sleep_for(2ms);
  const auto before = world_.records();
  BlobExpiry expiry(floors, world_.accounts);
  EXPECT_EQ(world_.run(expiry.run(10)).value(), 1u);
  EXPECT_EQ(world_.run(expiry.run(10)).value(), 0u);
  const auto records = world_.records();
  ASSERT_EQ(records.size(), before.size() + 1);
  EXPECT_EQ(records.back().what.action, "blob.delete");
  EXPECT_EQ(records.back().what.blob, "blob");
  EXPECT_TRUE(records.back().what.content_root);
  pass(2h);
  expect_nothing_left();
}

TEST_F(KeepingTest, WhatExpiredIsCollectedInTheEnd) {
  put("blob", kSmall);
  auto exchange = world_.request();
  const blobs::AskedExpiry soon{blobs::AskedExpiry::Option::RelativeToNow, 1h, {}};
  ASSERT_TRUE(world_.run(set_expiry(*world_.floors, exchange, {world_.blob("box", "blob"), soon})));
  BlobExpiry expiry(*world_.floors, world_.accounts);
  EXPECT_EQ(world_.run(expiry.run(10)).value(), 0u);
  pass(1h);
  collect();
  EXPECT_TRUE(get("blob")) << "by its own clock it is there";
  pass(1h);
  expect_nothing_left();
}

}  // namespace
}  // namespace vitrine::operations
