// A world whose unreachable rows are collected, for tests of what is left.
#pragma once

#include <gtest/gtest.h>

#include "blobs/collector.h"
#include "operations/containers.h"
#include "operations/test_world.h"

namespace vitrine::operations {

inline constexpr std::size_t kSmall = 1000, kLarge = 200'000;

class MovableClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return system_clock().now() + ahead; }
  std::chrono::microseconds ahead{0};
};

class CollectionTest : public testing::Test {
 public:
  explicit CollectionTest(store::Options options = {}) : world_("collection", std::move(options)) {
    EXPECT_TRUE(create("box"));
    put("blob", kSmall);
    remove("blob");
    collect();
    at_rest_ = rows();
  }

  bool create(const std::string& name) {
    auto exchange = world_.request();
    return world_.run(create_container(*world_.floors, exchange, {world_.container(name), {}})).has_value();
  }
  void remove_container(const std::string& name) {
    auto exchange = world_.request();
    ASSERT_TRUE(world_.run(delete_container(*world_.floors, exchange, {world_.container(name), {}})));
  }
  void put(const std::string& name, std::size_t size) {
    auto exchange = world_.request();
    TextInput body(content(name, size));
    ASSERT_TRUE(world_.run(
        put_blob(*world_.floors, exchange, {.blob = world_.blob("box", name), .length = size}, body)));
  }
  void put_block(const std::string& name, const std::string& id, std::size_t size) {
    auto exchange = world_.request();
    TextInput body(content(id, size));
    const PutBlock request{
        .blob = world_.blob("box", name), .id = *blobs::BlockId::parse(id), .length = size, .checks = {}};
    ASSERT_TRUE(world_.run(operations::put_block(*world_.floors, exchange, request, body)));
  }
  void commit_blocks(const std::string& name, const std::vector<std::string>& ids) {
    auto exchange = world_.request();
    PutBlockList request{.blob = world_.blob("box", name)};
    for (const auto& id : ids) request.blocks.push_back({BlockSource::Latest, *blobs::BlockId::parse(id)});
    ASSERT_TRUE(world_.run(put_block_list(*world_.floors, exchange, request)));
  }
  void remove(const std::string& name) {
    auto exchange = world_.request();
    ASSERT_TRUE(world_.run(delete_blob(*world_.floors, exchange, {.blob = world_.blob("box", name)})));
  }
  Result<BlobAnswer> get(const std::string& name) {
    auto exchange = world_.request();
    return world_.run(get_blob(*world_.floors, exchange, {.blob = world_.blob("box", name)}));
  }
  std::string read(const std::string& name) {
    auto answer = get(name);
    return answer ? world_.run(read_all(answer->body)).value() : answer.error().message;
  }

  /// Until nothing is due any more.
  void collect() {
    blobs::Collector collector(*world_.store, *world_.ledger, *world_.data_keys, clock_);
    for (;;) {
      const auto commits = world_.run(collector.collect(2));
      ASSERT_TRUE(commits) << commits.error().message;
      if (*commits == 0) break;
    }
    world_.store->reclaim();
  }
  /// All rows but records, and segments.
  std::uint64_t rows() {
    const auto report = world_.store->check([](std::uint64_t) {});
    EXPECT_EQ(report.damages, 0u);
    return report.values - report.records;
  }
  void expect_nothing_left() {
    collect();
    EXPECT_EQ(rows(), at_rest_);
    EXPECT_TRUE(world_.store->counters("live/")->empty());
    EXPECT_TRUE(world_.store->counters("holders/")->empty());
  }

  static std::string content(const std::string& name, std::size_t size) {
    return std::string(size, name.empty() ? 'x' : name.back());
  }

  TestWorld world_;
  MovableClock clock_;
  std::uint64_t at_rest_ = 0;
};

}  // namespace vitrine::operations
