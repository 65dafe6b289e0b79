#include "operations/suspensions.h"
#include "operations/test_world.h"

namespace vitrine::operations {
namespace {

class Blobs : public testing::Test {
 protected:
  void SetUp() override {
    auto own = world.request();
    ASSERT_TRUE(world.run(create_container(*world.floors, own, {world.container("box"), {}})));
  }

  Result<PutAnswer> put(const std::string& name, const std::string& text, blobs::Conditions conditions = {},
                        const std::string& purpose = "development") {
    auto own = world.request(purpose);
    TextInput body(text);
    PutBlob request{
        .blob = world.blob("box", name), .conditions = std::move(conditions), .length = text.size()};
    return world.run(put_blob(*world.floors, own, request, body));
  }

  Result<std::string> get(const std::string& name, std::optional<AskedRange> range = {}) {
    auto own = world.request();
    auto request = GetBlob{.blob = world.blob("box", name), .range = range, .conditions = {}};
    auto read = [&]() -> Task<Result<std::string>> {
      auto answer = CO_TRY(co_await get_blob(*world.floors, own, request));
      co_return co_await read_all(answer.body);
    };
    return world.run(read());
  }

  Result<Changed> commit_blocks(const std::string& name,
                                const std::vector<std::pair<BlockSource, std::string>>& list) {
    auto own = world.request();
    PutBlockList request{.blob = world.blob("box", name)};
    for (const auto& [source, id] : list) request.blocks.push_back({source, *blobs::BlockId::parse(id)});
    return world.run(put_block_list(*world.floors, own, request));
  }

  Result<PutAnswer> put_one_block(const std::string& name, const std::string& id, const std::string& text) {
    auto own = world.request();
    TextInput body(text);
    PutBlock request{
        .blob = world.blob("box", name), .id = *blobs::BlockId::parse(id), .length = text.size()};
    return world.run(put_block(*world.floors, own, request, body));
  }

  TestWorld world{testing::UnitTest::GetInstance()->current_test_info()->name()};
};

std::string pattern(std::size_t size, char seed) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(seed + i * 31 + i / 251);
  return text;
}

TEST_F(Blobs, ContentOfEverySizeComesBackAlsoAfterAReopen) {
  const std::size_t sizes[] = {0, 1, 4096, 32768, 32769, 65535, 65536, 65537, 300'000, 5'000'000};
  for (auto size : sizes) ASSERT_TRUE(put("b" + std::to_string(size), pattern(size, 'a')));
  world.reopen();
  for (auto size : sizes) EXPECT_EQ(*get("b" + std::to_string(size)), pattern(size, 'a')) << size;
}

TEST_F(Blobs, AReadGoesOnThoughTheBlobIsReplaced) {
  for (std::size_t size : {4096, 300'000}) {
    ASSERT_TRUE(put("b", pattern(size, 'a')));
    auto own = world.request();
    GetBlob request{.blob = world.blob("box", "b"), .range = {}, .conditions = {}};
    auto answer = world.run(get_blob(*world.floors, own, request));
    ASSERT_TRUE(answer);
    ASSERT_TRUE(put("b", "new"));
    auto bytes = world.run(answer->body.next());
    ASSERT_TRUE(bytes) << bytes.error().message;
    EXPECT_TRUE(pattern(size, 'a').starts_with(as_text(*bytes)));
  }
}

TEST_F(Blobs, RangesAreCutAtTheEnd) {
  for (auto size : {1000ul, 200'000ul}) {
    auto text = pattern(size, 'r');
    ASSERT_TRUE(put("r", text));
    EXPECT_EQ(*get("r", AskedRange{0, 0}), text.substr(0, 1));
    EXPECT_EQ(*get("r", AskedRange{10, std::nullopt}), text.substr(10));
    EXPECT_EQ(*get("r", AskedRange{size - 3, size + 100}), text.substr(size - 3));
    EXPECT_EQ(get("r", AskedRange{size, std::nullopt}).error().code, Code::InvalidRange);
    EXPECT_EQ(get("r", AskedRange{5, 4}).error().code, Code::InvalidRange);
  }
}

TEST_F(Blobs, BlockListsTakeFromWhereTheySay) {
  ASSERT_TRUE(put_one_block("list", "AAAA", "first-"));
  ASSERT_TRUE(put_one_block("list", "BBBB", pattern(200'000, 'b')));
  EXPECT_EQ(get("list").error().code, Code::BlobNotFound) << "nothing is committed yet";
  ASSERT_TRUE(commit_blocks("list", {{BlockSource::Latest, "AAAA"}, {BlockSource::Uncommitted, "BBBB"}}));
  EXPECT_EQ(*get("list"), "first-" + pattern(200'000, 'b'));
  EXPECT_EQ(*get("list", AskedRange{4, 8}), ("first-" + pattern(200'000, 'b')).substr(4, 5));

  ASSERT_TRUE(put_one_block("list", "AAAA", "second"));
  EXPECT_EQ(commit_blocks("list", {{BlockSource::Uncommitted, "BBBB"}}).error().code, Code::InvalidBlockList);
  ASSERT_TRUE(commit_blocks("list", {{BlockSource::Committed, "AAAA"}, {BlockSource::Uncommitted, "AAAA"}}));
  EXPECT_EQ(*get("list"), "first-second");
  EXPECT_EQ(put_one_block("list", "CCCCCCCC", "x").has_value(), true)
      << "a new set may have ids of another length";
  EXPECT_EQ(put_one_block("list", "AAAA", "x").error().code, Code::InvalidBlobOrBlock);
  ASSERT_TRUE(put("list", "whole"));
  EXPECT_EQ(commit_blocks("list", {{BlockSource::Latest, "CCCCCCCC"}}).error().code, Code::InvalidBlockList)
      << "Put Blob discards uncommitted blocks";
}

TEST_F(Blobs, ABlockListIsOfTheBlocksThatItsPlaceInTheJournalSays) {
  for (int round = 0; round < 30; ++round) {
    auto name = "raced" + std::to_string(round);
    ASSERT_TRUE(put_one_block(name, "AAAA", "old"));
    auto before = world.records().size();
    auto block = world.request(), list = world.request();
    TextInput body("new");
    PutBlock put{.blob = world.blob("box", name), .id = *blobs::BlockId::parse("AAAA"), .length = 3};
    PutBlockList commit{.blob = put.blob, .blocks = {{BlockSource::Latest, put.id}}};
    // The second looks before the first's commit is there, and commits behind it.
    world.run_together(put_block(*world.floors, block, put, body),
                       put_block_list(*world.floors, list, commit));
    auto records = world.records();
    ASSERT_EQ(records.size(), before + 2);
    bool block_came_first = records[before].what.action == "blob.put-block";
    EXPECT_EQ(*get(name), block_came_first ? "new" : "old");
  }
}

TEST_F(Blobs, ConditionsGuardTheWrite) {
  auto any = blobs::Conditions{.if_none_match = *blobs::ETagList::parse("*")};
  ASSERT_TRUE(put("c", "one", any));
  EXPECT_EQ(put("c", "two", any).error().code, Code::BlobAlreadyExists);
  EXPECT_EQ(*get("c"), "one");
}

TEST_F(Blobs, EveryAnswerFromStateHasItsRecordAndNothingElse) {
  auto before = world.records().size();
  ASSERT_TRUE(put("seen", "text"));
  ASSERT_TRUE(get("seen"));
  EXPECT_EQ(get("unseen").error().code, Code::BlobNotFound);
  auto records = world.records();
  ASSERT_EQ(records.size(), before + 3);
  EXPECT_EQ(records[before].what.action, "blob.put");
  EXPECT_EQ(records[before].outcome.status, 201u);
  EXPECT_EQ(records[before + 1].what.action, "blob.get");
  EXPECT_EQ(records[before + 1].what.content_root, records[before].what.content_root);
  EXPECT_EQ(records[before + 2].outcome.status, 404u);
  EXPECT_EQ(records[before + 2].why.purpose, "development");
}

TEST_F(Blobs, ADenialIsRecordedAndChangesNothing) {
  auto denied = put("d", "text", {}, "surveillance");
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().code, Code::PolicyDenied);
  EXPECT_EQ(denied.error().policy, "charter/known-purpose");
  EXPECT_EQ(get("d").error().code, Code::BlobNotFound);
  auto records = world.records();
  const auto& record = records[records.size() - 2];
  EXPECT_EQ(record.why.decision, evidence::Decision::Denied);
  EXPECT_EQ(record.why.policies, std::vector<std::string>{"charter/known-purpose"});
  EXPECT_EQ(record.outcome.status, 403u);
}

TEST_F(Blobs, ASuspensionIsInForceWithItsCommitAndSurvivesAReopen) {
  ASSERT_TRUE(put("s", "text"));
  auto own = operator_exchange(*world.floors, world.account(), "suspend", "127.0.0.1");
  ASSERT_TRUE(world.run(
      change_suspension(*world.floors, own, {world.account().name, policy::Service::Storage, true})));
  EXPECT_EQ(get("s").error().policy, "charter/suspended-service");
  world.reopen();
  EXPECT_EQ(get("s").error().policy, "charter/suspended-service");
  own = operator_exchange(*world.floors, world.account(), "lift", "127.0.0.1");
  ASSERT_TRUE(world.run(
      change_suspension(*world.floors, own, {world.account().name, policy::Service::Storage, false})));
  EXPECT_EQ(*get("s"), "text");
}

TEST_F(Blobs, ASuspensionCutsARunningDownload) {
  ASSERT_TRUE(put("long", pattern(5'000'000, 'l')));
  auto suspend = [&]() -> Task<Result<SuspensionChanged>> {
    auto own = operator_exchange(*world.floors, world.account(), "suspend", "127.0.0.1");
    co_return co_await change_suspension(*world.floors, own,
                                         {world.account().name, policy::Service::Storage, true});
  };
  auto own = world.request();
  auto request = GetBlob{.blob = world.blob("box", "long"), .range = {}, .conditions = {}};
  std::uint64_t after = 0;
  auto download = [&]() -> Task<Result<void>> {
    auto answer = CO_TRY(co_await get_blob(*world.floors, own, request));
    CO_TRY(co_await answer.body.next());
    CO_TRY(co_await suspend());
    for (;;) {
      auto bytes = CO_TRY(co_await answer.body.next());
      if (bytes.empty()) co_return Result<void>{};
      after += bytes.size();
    }
  };
  auto ended = world.run(download());
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::PolicyDenied);
  EXPECT_LE(after, 2 * kBytesBetweenLooks);
}

TEST_F(Blobs, ARangeLargerThanTheClientCanBeGivenIsRefusedOnRecord) {
  ASSERT_TRUE(put("r", pattern(1000, 'r')));
  auto own = world.request();
  auto request =
      GetBlob{.blob = world.blob("box", "r"), .range = AskedRange{0, {}}, .conditions = {}, .most = 999};
  EXPECT_EQ(world.run(get_blob(*world.floors, own, request)).error().code, Code::OutOfRangeInput);
  EXPECT_EQ(world.records().back().outcome.status, 400u);
}

TEST_F(Blobs, ReadsAndChangesOfTheAccessListAreOnRecordAsSuch) {
  auto own = world.request();
  auto box = world.container("box");
  auto before = world.run(get_container_acl(*world.floors, own, {box}));
  ASSERT_TRUE(before);
  EXPECT_EQ(world.records().back().what.action, "container.get-acl");
  auto stale = blobs::Conditions{.if_match = *blobs::ETagList::parse("\"0x1\"")};
  EXPECT_EQ(
      world.run(set_container_acl(*world.floors, own, {.container = box, .conditions = stale})).error().code,
      Code::ConditionNotMet);
  EXPECT_EQ(world.records().back().outcome.status, 412u);
  auto changed = world.run(
      set_container_acl(*world.floors, own, {.container = box, .level = blobs::PublicAccess::Blobs}));
  ASSERT_TRUE(changed);
  EXPECT_NE(changed->etag, before->etag);
  EXPECT_EQ(world.records().back().what.action, "container.set-acl");
  auto list = *blobs::access_list(world.run(get_container_acl(*world.floors, own, {box}))->attributes);
  EXPECT_EQ(list.level, blobs::PublicAccess::Blobs);
  EXPECT_EQ(list.purpose, own.purpose) << "whoever reads it acts for what it was opened for";
  ASSERT_TRUE(world.run(set_container_acl(*world.floors, own, {.container = box})));
  auto head = *world.run(get_container_acl(*world.floors, own, {box}));
  EXPECT_TRUE(head.attributes.empty()) << "a private list without policies is none";
}

TEST_F(Blobs, ACredentialThatMayOnlyCreateDoesNotOverwrite) {
  ASSERT_TRUE(put("kept", "first"));
  auto own = world.request();
  TextInput body("second");
  PutBlob request{.blob = world.blob("box", "kept"), .length = 6, .may_overwrite = false};
  auto refused = world.run(put_blob(*world.floors, own, request, body));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::UnauthorizedBlobOverwrite);
  EXPECT_EQ(*get("kept"), "first");
  request.blob = world.blob("box", "new");
  TextInput again("second");
  EXPECT_TRUE(world.run(put_blob(*world.floors, own, request, again)));
}

TEST_F(Blobs, ARecordOpensItsOwnContentOnly) {
  ASSERT_TRUE(put("one", "first"));
  ASSERT_TRUE(put("two", "other"));
  auto one = look_up(*world.floors, world.blob("box", "one")).value();
  auto two = look_up(*world.floors, world.blob("box", "two")).value();
  auto own = world.request();
  auto decision = world.gate->decide(
      own, {.action = policy::actions::kBlobGet, .resource = resource(world.blob("box", "one"))});
  auto committed =
      world.run(world.ledger->commit(own, std::move(decision), {.content_root = one.head->content_root}));
  ASSERT_TRUE(committed);
  auto content =
      blobs::PinnedContent::fetch(*world.store, two.keys, two.container->id, *two.head, {0, 5}).value();
  EXPECT_FALSE(blobs::BodyReader::open(*committed, *world.store, std::move(content)));
}

TEST_F(Blobs, DeletingAContainerEndsItsBlobs) {
  ASSERT_TRUE(put("gone", "text"));
  auto own = world.request();
  ASSERT_TRUE(world.run(delete_container(*world.floors, own, {world.container("box"), {}})));
  EXPECT_EQ(get("gone").error().code, Code::ContainerNotFound);
  ASSERT_TRUE(world.run(create_container(*world.floors, own, {world.container("box"), {}})));
  EXPECT_EQ(get("gone").error().code, Code::BlobNotFound) << "a container created again is another one";
}

TEST_F(Blobs, ListingsPageByNameAndSkipPrefixes) {
  for (auto name : {"a", "dir/1", "dir/2", "dir/sub/3", "dir0", "z"}) ASSERT_TRUE(put(name, "x"));
  ASSERT_TRUE(put_one_block("dir/uncommitted", "AAAA", "x"));
  auto list = [&](ListBlobs request) {
    std::vector<std::string> names;
    auto own = world.request();
    for (request.container = world.container("box");;) {
      auto page = world.run(list_blobs(*world.floors, own, request)).value();
      EXPECT_LE(page.items.size(), request.most);
      for (const auto& item : page.items)
        names.push_back(std::visit([](const auto& entry) { return entry.name; }, item));
      if (page.next_marker.empty()) return names;
      request.marker = page.next_marker;
    }
  };
  using Names = std::vector<std::string>;
  auto base = ListBlobs{.container = world.container("box")};
  for (std::size_t most : {1, 2, 5000}) {
    base.most = most;
    EXPECT_EQ(list(base), (Names{"a", "dir/1", "dir/2", "dir/sub/3", "dir0", "z"}));
    auto request = base;
    request.delimiter = "/";
    EXPECT_EQ(list(request), (Names{"a", "dir/", "dir0", "z"}));
    request.prefix = "dir/";
    EXPECT_EQ(list(request), (Names{"dir/1", "dir/2", "dir/sub/"}));
    request = base;
    request.include_uncommitted = true;
    EXPECT_EQ(list(request), (Names{"a", "dir/1", "dir/2", "dir/sub/3", "dir/uncommitted", "dir0", "z"}));
  }
  // Any name is a marker; a prefix stands for all that it hides.
  base.most = 5000;
  base.marker = "b";
  EXPECT_EQ(list(base), (Names{"dir/1", "dir/2", "dir/sub/3", "dir0", "z"}));
  base.marker = "dir/";
  EXPECT_EQ(list(base), (Names{"dir/1", "dir/2", "dir/sub/3", "dir0", "z"}));
  base.delimiter = "/";
  EXPECT_EQ(list(base), (Names{"dir0", "z"}));
  base.marker = "1!no base64";
  auto own = world.request();
  EXPECT_EQ(world.run(list_blobs(*world.floors, own, base)).error().code, Code::OutOfRangeInput);
}

}  // namespace
}  // namespace vitrine::operations
