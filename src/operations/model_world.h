// The engine under the model's operations: commits of its own, and power cuts.
#pragma once

#include "blobs/appended.h"
#include "blobs/collector.h"
#include "blobs/past.h"
#include "operations/test_world.h"
#include "store/memory_disk.h"

namespace vitrine::operations {

/// The store lies on a disk in memory: what a sync costs is not what this tests.
class ModelWorld {
 public:
  /// A name as it was found.
  struct Found {
    blobs::BlobName blob;
    blobs::NameState state;
    store::Guard guard;
  };

  Found find(const blobs::ContainerId& container, const std::string& name) {
    auto blob = *blobs::BlobName::parse(name);
    auto key = blobs::blob_key(container, blob);
    auto row = world_->store->look_up(key).value();
    return {std::move(blob), blobs::open_name(*keys(), row).value(), row.guard(key.table)};
  }

  blobs::NameView view(const blobs::ContainerId& container, Found& found) {
    return {*world_->store, *keys(), container, found.blob, found.state};
  }

  /// One commit with its record and tasks for what it ends.
  Result<store::Version> commit(const blobs::ContainerId& container, blobs::ContentChange change) {
    auto own = world_->request();
    auto decision = decide(own, policy::actions::kBlobPut);
    ledger::Effect effect;
    blobs::add(effect, {world_->account().name.text(), container, system_clock().now()}, std::move(change));
    auto committed =
        world_->run(world_->ledger->commit(own, std::move(decision), {.status = 201}, std::move(effect)));
    if (!committed) return std::unexpected(committed.error());
    return committed->version();
  }

  /// The same with the changed state of a name.
  Result<store::Version> commit(const blobs::ContainerId& container, Found& found,
                                blobs::ContentChange change) {
    change.guards.push_back(found.guard);
    change.writes.push_back(blobs::write_name(*keys(), blobs::blob_key(container, found.blob), found.state));
    return commit(container, std::move(change));
  }

  /// A few steps of collection; false when there is nothing to do. A read that is held goes on meanwhile.
  bool collect() {
    blobs::Collector collector(*world_->store, *world_->ledger, *world_->data_keys, system_clock());
    std::optional<Result<std::size_t>> commits;
    auto collecting = [&]() -> Task<void> { commits.emplace(co_await collector.collect(4)); };
    world_->run_together(collecting(), finish_read());
    if (!*commits && commits->error().code == Code::StateChanged) return true;
    EXPECT_TRUE(*commits) << commits->error().message;
    return *commits && **commits > 0;
  }

  blobs::ArrivedBody receive(const blobs::ContainerId& container, const std::string& text) {
    TextInput input(text);
    auto body = world_->run(blobs::receive(*world_->store, keys()->current(), input,
                                           {.length = text.size(), .most = text.size(), .checks = {}}));
    if (auto* number = std::get_if<blobs::BodyNumber>(&body->piece.place))
      inline_bodies_.push_back(blobs::body_key(container, *number));
    return std::move(*body);
  }

  std::string read(const blobs::ContainerId& container, const blobs::BlobHead& head, bool is_past,
                   blobs::ByteRange range) {
    auto reader = begin_read(container, head, is_past, range);
    return reader ? world_->run(rest_of(*reader)) : "error: " + reader.error().message;
  }

  /// Tidies extents up, and frees what may be freed. A read that is held may need some of it.
  Result<void> compact() {
    TRY(world_->store->compact());
    world_->store->reclaim();
    return {};
  }

  /// Begins a read that goes on only during the next collection, or when another one is to be held.
  void hold_read(const blobs::ContainerId& container, const blobs::BlobHead& head, bool is_past,
                 blobs::ByteRange range) {
    world_->run(finish_read());
    auto reader = begin_read(container, head, is_past, range);
    EXPECT_TRUE(reader) << reader.error().message;
    if (reader) held_.emplace(std::move(*reader));
  }
  /// What the held read gave when it went on; nothing if it did not. Once.
  std::optional<std::string> take_read() { return std::exchange(read_, std::nullopt); }

  /// The power will go so many calls of the disk from now.
  void cut_power(std::uint64_t calls_from_now) { disk_->copy_at(calls_from_now, ++cuts_); }
  /// If the power went, comes back with what the cut left: all commits up to some version.
  bool restart() {
    auto left = disk_->take_copy();
    if (!left) return false;
    held_.reset();
    world_->reopen(*left);
    disk_ = std::move(left);
    return true;
  }

  [[nodiscard]] store::Version version() const { return world_->store->version(); }
  [[nodiscard]] TestWorld& world() { return *world_; }
  [[nodiscard]] std::shared_ptr<const keys::DataKeys> keys() {
    return world_->data_keys->of(world_->account().name.text()).value();
  }
  [[nodiscard]] const std::vector<std::string>& inline_bodies() const { return inline_bodies_; }

 private:
  Result<blobs::BodyReader> begin_read(const blobs::ContainerId& container, const blobs::BlobHead& head,
                                       bool is_past, blobs::ByteRange range) {
    auto own = world_->request();
    auto content = TRY(blobs::PinnedContent::fetch(*world_->store, keys(), container, head, range, is_past));
    auto committed = TRY(world_->run(world_->ledger->commit(
        own, decide(own, policy::actions::kBlobGet), {.status = 200, .content_root = head.content_root})));
    return blobs::BodyReader::open(committed, *world_->store, std::move(content));
  }
  static Task<std::string> rest_of(blobs::BodyReader& reader) {
    std::string text;
    for (;;) {
      auto bytes = co_await reader.next();
      if (!bytes) co_return "error: " + bytes.error().message;
      if (bytes->empty()) co_return text;
      text += as_text(*bytes);
    }
  }
  /// True if there was one.
  Task<bool> finish_read() {
    if (!held_) co_return false;
    read_ = co_await rest_of(*held_);
    held_.reset();
    co_return true;
  }

  policy::Decision decide(const policy::Exchange& exchange, policy::Action action) {
    return world_->gate->decide(
        exchange, {.action = action, .resource = {world_->account().name.text(), {}, {}}, .bounds = {}});
  }

  std::unique_ptr<store::MemoryDisk> disk_ = std::make_unique<store::MemoryDisk>();
  std::unique_ptr<TestWorld> world_ =
      std::make_unique<TestWorld>("model", store::Options{.directory = "/disk",
                                                          .write_buffer_bytes = 256 << 10,
                                                          .inline_threshold = 2'000,
                                                          .extent_bytes = 4 << 20,
                                                          .files = disk_.get()});
  std::uint32_t cuts_ = 0;
  std::optional<blobs::BodyReader> held_;
  std::optional<std::string> read_;
  std::vector<std::string> inline_bodies_;  ///< the keys of all that there ever were
};

}  // namespace vitrine::operations
