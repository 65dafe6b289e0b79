// A disk in memory that fails, fills up and loses its power as a test wants it.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/file_layer.h"
#include "store/memory_inode.h"
#include "store/memory_names.h"

namespace vitrine::store {

/// How the call that was chosen to fail does so.
enum class Fault : std::uint8_t {
  DeviceError,  ///< EIO; nothing was done
  NoSpace,      ///< ENOSPC; nothing was done. Calls that need no room are not failed so
  ReadOnly,     ///< EROFS, and so for every change after it, until set_read_only(false)
  Short,        ///< a write that wrote half, a read that got half; as DeviceError for other calls
};

/// What a file system promises and no more. A file's bytes are durable after its sync, a name after the sync
/// of its directory; until then a power cut keeps any part of them: any of the sectors written, in any order,
/// and any of the names made, taken away or changed. All calls may come from any thread.
class MemoryDisk final : public FileLayer {
 public:
  /// The call so many calls from now fails, once; 0 is the next one.
  void fail_call(std::uint64_t calls_from_now, Fault fault) {
    std::lock_guard lock(mutex_);
    fail_at_ = calls_ + calls_from_now;
    fault_ = fault;
  }
  void cancel_faults() {
    std::lock_guard lock(mutex_);
    fail_at_.reset();
  }
  /// Whether the chosen call has come, and what it was.
  std::string failed_call() const {
    std::lock_guard lock(mutex_);
    return failed_call_;
  }
  std::uint64_t calls() const {
    std::lock_guard lock(mutex_);
    return calls_;
  }

  /// From the call so many calls from now on there is no power: everything fails and nothing is done.
  void cut_power(std::uint64_t calls_from_now) {
    std::lock_guard lock(mutex_);
    cut_at_ = calls_ + calls_from_now;
  }
  bool power_is_cut() const {
    std::lock_guard lock(mutex_);
    return cut_at_ && calls_ >= *cut_at_;
  }
  /// The power comes back to what the cut left. Nobody has files open any more.
  void restore_power(std::mt19937& random) {
    std::lock_guard lock(mutex_);
    cut_at_.reset();
    locked_.clear();
    names_.lose_some(random);
  }

  /// At the call so many calls from now, a copy is made of what a power cut would leave then. This disk goes
  /// on.
  void copy_at(std::uint64_t calls_from_now, std::uint32_t seed) {
    std::lock_guard lock(mutex_);
    copy_at_ = calls_ + calls_from_now;
    copy_seed_ = seed;
  }
  bool is_copied() const {
    std::lock_guard lock(mutex_);
    return copy_ != nullptr;
  }
  /// That copy; nothing as long as the call has not come. Once.
  std::unique_ptr<MemoryDisk> take_copy() {
    std::lock_guard lock(mutex_);
    return std::move(copy_);
  }

  /// Bytes that the disk holds; more are refused.
  void set_capacity(std::uint64_t bytes) {
    std::lock_guard lock(mutex_);
    capacity_ = bytes;
  }
  std::uint64_t used() const {
    std::lock_guard lock(mutex_);
    return used_locked();
  }
  /// The files that have the words anywhere in them.
  std::vector<std::string> holders_of(std::string_view words) const {
    std::lock_guard lock(mutex_);
    std::vector<std::string> holders;
    for (const auto& [path, inode] : names_.now)
      if (as_text(inode->now).find(words) != std::string_view::npos) holders.push_back(path.string());
    return holders;
  }
  /// Read-only, everything that would change a file or a name fails as with EROFS; files stay open.
  void set_read_only(bool on) { set_read_only_below(on ? "/" : ""); }
  /// The same below one directory, as for a file system of its own; nowhere for an empty path.
  void set_read_only_below(std::filesystem::path directory) {
    std::lock_guard lock(mutex_);
    read_only_below_ = std::move(directory);
  }
  /// Turns one bit of a file over, durably.
  void flip(const std::filesystem::path& path, std::uint64_t offset, std::uint8_t bit) {
    std::lock_guard lock(mutex_);
    auto& inode = *names_.now.at(path);
    inode.now.at(offset) ^= static_cast<std::uint8_t>(1U << bit);
    if (offset < inode.durable.size()) inode.durable[offset] ^= static_cast<std::uint8_t>(1U << bit);
  }
  /// Another disk with the same files, all of it durable; faults, locks and bounds are not taken over.
  std::unique_ptr<MemoryDisk> clone() const {
    std::lock_guard lock(mutex_);
    auto other = std::make_unique<MemoryDisk>();
    other->names_ = names_.copy();
    other->names_.make_all_durable();
    return other;
  }
  /// Every file and its size.
  std::map<std::filesystem::path, std::uint64_t> files() const {
    std::lock_guard lock(mutex_);
    std::map<std::filesystem::path, std::uint64_t> sizes;
    for (const auto& [path, inode] : names_.now) sizes[path] = inode->now.size();
    return sizes;
  }

  Result<std::unique_ptr<File>> create(const std::filesystem::path& named) override {
    std::lock_guard lock(mutex_);
    const auto path = plain(named);
    TRY(call("create", path, Needs::Room));
    if (names_.exists(path)) return fail(Code::DeviceFailed, path.string() + " exists already.");
    auto inode = std::make_shared<Inode>();
    names_.change({{path, inode}});
    return std::make_unique<Handle>(*this, path, std::move(inode));
  }
  Result<std::unique_ptr<File>> open(const std::filesystem::path& named) override {
    std::lock_guard lock(mutex_);
    const auto path = plain(named);
    TRY(call("open", path, Needs::Writing));
    return std::make_unique<Handle>(*this, path, TRY(inode_of(path)));
  }
  Result<std::unique_ptr<File>> open_for_reading(const std::filesystem::path& named) override {
    std::lock_guard lock(mutex_);
    const auto path = plain(named);
    TRY(call("open for reading", path, Needs::Nothing));
    return std::make_unique<Handle>(*this, path, TRY(inode_of(path)));
  }
  Result<void> remove(const std::filesystem::path& named) override {
    std::lock_guard lock(mutex_);
    const auto path = plain(named);
    TRY(call("remove", path, Needs::Writing));
    TRY(inode_of(path));
    names_.change({{path, nullptr}});
    return {};
  }
  Result<void> remove_directory(const std::filesystem::path& named) override {
    std::lock_guard lock(mutex_);
    const auto path = plain(named);
    TRY(call("remove directory", path, Needs::Writing));
    if (!names_.list(path).empty()) return fail(Code::DeviceFailed, path.string() + " is not empty.");
    if (names_.directories.erase(path) > 0) return {};
    return fail(Code::DeviceFailed, path.string() + " is no directory.");
  }
  Result<void> rename(const std::filesystem::path& old_name, const std::filesystem::path& new_name) override {
    std::lock_guard lock(mutex_);
    const auto from = plain(old_name), to = plain(new_name);
    TRY(call("rename", from, Needs::Room));
    if (!names_.exists(from)) return fail(Code::DeviceFailed, from.string() + " does not exist.");
    names_.rename(from, to);
    return {};
  }
  Result<void> link(const std::filesystem::path& file, const std::filesystem::path& name) override {
    std::lock_guard lock(mutex_);
    TRY(call("link", plain(file), Needs::Room));
    if (names_.exists(plain(name))) return fail(Code::DeviceFailed, name.string() + " exists already.");
    names_.change({{plain(name), TRY(inode_of(plain(file)))}});
    return {};
  }
  Result<std::optional<FileStatus>> status(const std::filesystem::path& named) override {
    std::lock_guard lock(mutex_);
    const auto path = plain(named);
    TRY(call("status", path, Needs::Nothing));
    if (names_.directories.contains(path)) return FileStatus{0, true};
    const auto found = names_.now.find(path);
    if (found == names_.now.end()) return std::nullopt;
    return FileStatus{found->second->now.size(), false};
  }
  Result<void> make_directory(const std::filesystem::path& named) override {
    std::lock_guard lock(mutex_);
    const auto path = plain(named);
    // Where it is there already, nothing is asked of the disk.
    const bool exists = names_.directories.contains(path);
    TRY(call("make directory", path, exists ? Needs::Nothing : Needs::Room));
    names_.make_directory(path);
    return {};
  }
  Result<void> sync_directory(const std::filesystem::path& named) override {
    std::lock_guard lock(mutex_);
    const auto path = plain(named);
    TRY(call("sync directory", path, Needs::Room));
    names_.sync(path);
    return {};
  }
  Result<std::vector<std::string>> list(const std::filesystem::path& named) override {
    std::lock_guard lock(mutex_);
    const auto path = plain(named);
    TRY(call("list", path, Needs::Nothing));
    if (names_.directories.contains(path)) return names_.list(path);
    return fail(Code::DeviceFailed, path.string() + " does not exist.");
  }
  Result<std::unique_ptr<FileLock>> lock(const std::filesystem::path& named) override {
    std::lock_guard lock(mutex_);
    const auto path = plain(named);
    TRY(call("lock", path, names_.now.contains(path) ? Needs::Nothing : Needs::Writing));
    if (!locked_.insert(path).second) return fail(Code::ServerBusy, path.string() + " is locked.");
    return std::make_unique<Lock>(*this, path);
  }
  Result<std::uint64_t> free_room(const std::filesystem::path& named) override {
    std::lock_guard lock(mutex_);
    const auto path = plain(named);
    TRY(call("free room", path, Needs::Nothing));
    const auto used = used_locked();
    return used < capacity_ ? capacity_ - used : 0;
  }

 private:
  static std::filesystem::path plain(const std::filesystem::path& path) {
    auto plain = path.lexically_normal();
    return plain.has_filename() ? plain : plain.parent_path();
  }

  enum class Needs : std::uint8_t { Nothing, Writing, Room };
  using Inode = MemoryInode;

  class Lock final : public FileLock {
   public:
    Lock(MemoryDisk& disk, std::filesystem::path path) : disk_(disk), path_(std::move(path)) {}
    ~Lock() override {
      std::lock_guard lock(disk_.mutex_);
      disk_.locked_.erase(path_);
    }

   private:
    MemoryDisk& disk_;
    std::filesystem::path path_;
  };

  class Handle final : public File {
   public:
    Handle(MemoryDisk& disk, std::filesystem::path path, std::shared_ptr<Inode> inode)
        : disk_(disk), path_(std::move(path)), inode_(std::move(inode)) {}

    Result<void> write_at(std::uint64_t offset, ConstBytes bytes) override {
      std::lock_guard lock(disk_.mutex_);
      const bool is_short = disk_.fails_now() && disk_.fault_ == Fault::Short;
      if (is_short) inode_->change({offset, to_bytes(bytes.first(bytes.size() / 2))});
      TRY(disk_.call("write", path_, Needs::Room));
      const auto end = offset + bytes.size();
      TRY(disk_.need(end > inode_->room() ? end - inode_->room() : 0));
      inode_->change({offset, to_bytes(bytes)});
      return {};
    }
    Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
      std::lock_guard lock(disk_.mutex_);
      // A log that ends early is a torn one, whoever says so: its reads fail, they are not short.
      const bool may_be_short = path_.extension() == ".sst" || path_.extension() == ".extent";
      const bool is_short = disk_.fails_now() && disk_.fault_ == Fault::Short && may_be_short;
      if (auto called = disk_.call("read", path_, Needs::Nothing); !called && !is_short)
        return std::unexpected(std::move(called).error());
      const auto there = offset < inode_->now.size() ? inode_->now.size() - offset : 0;
      const auto count = std::min<std::size_t>(there, out.size()) / (is_short ? 2 : 1);
      std::copy_n(inode_->now.begin() + static_cast<std::ptrdiff_t>(count ? offset : 0), count, out.begin());
      return count;
    }
    Result<std::size_t> read_cached(std::uint64_t, MutableBytes) const override { return 0; }
    Result<void> allocate(std::uint64_t offset, std::uint64_t length) override {
      std::lock_guard lock(disk_.mutex_);
      TRY(disk_.call("allocate", path_, Needs::Room));
      const auto end = offset + length;
      TRY(disk_.need(end > inode_->room() ? end - inode_->room() : 0));
      inode_->allocated = std::max(inode_->allocated, end);
      return {};
    }
    Result<void> punch(std::uint64_t offset, std::uint64_t length) override {
      std::lock_guard lock(disk_.mutex_);
      TRY(disk_.call("punch", path_, Needs::Writing));
      if (offset >= inode_->now.size()) return {};
      inode_->change({offset, Bytes(std::min<std::size_t>(length, inode_->now.size() - offset))});
      return {};
    }
    Result<void> truncate(std::uint64_t size) override {
      std::lock_guard lock(disk_.mutex_);
      TRY(disk_.call("truncate", path_, Needs::Writing));
      if (size != inode_->now.size()) inode_->change({size, {}, true});
      inode_->allocated = size;
      return {};
    }
    void start_writing(std::uint64_t, std::uint64_t) override {}
    Result<void> sync() override {
      std::lock_guard lock(disk_.mutex_);
      TRY(disk_.call("sync", path_, Needs::Room));
      inode_->sync();
      return {};
    }
    Result<std::uint64_t> size() const override {
      std::lock_guard lock(disk_.mutex_);
      TRY(disk_.call("size", path_, Needs::Nothing));
      return inode_->now.size();
    }
    Result<std::uint64_t> room() const override {
      std::lock_guard lock(disk_.mutex_);
      TRY(disk_.call("room", path_, Needs::Nothing));
      return inode_->room();
    }

   private:
    MemoryDisk& disk_;
    std::filesystem::path path_;
    std::shared_ptr<Inode> inode_;
  };

  [[nodiscard]] bool fails_now() const {
    return fail_at_ && calls_ == *fail_at_ && !(cut_at_ && calls_ >= *cut_at_);
  }

  Result<void> call(const char* what, const std::filesystem::path& path, Needs needs) {
    if (cut_at_ && calls_ >= *cut_at_) return fail(Code::DeviceFailed, "There is no power.");
    const bool fails = fails_now();
    if (copy_at_ == calls_) copy_ = left_by_power_cut();
    ++calls_;
    const bool is_below = std::ranges::mismatch(read_only_below_, path).in1 == read_only_below_.end();
    if (needs != Needs::Nothing && !read_only_below_.empty() && is_below)
      return fail(Code::DeviceFailed, path.string() + ": Read-only file system");
    if (!fails) return {};
    if (fault_ == Fault::NoSpace && needs != Needs::Room) return {};
    if (fault_ == Fault::ReadOnly && needs == Needs::Nothing) return {};
    if (fault_ == Fault::ReadOnly) read_only_below_ = "/";
    fail_at_.reset();
    failed_call_ = std::string(what) + " " + path.string();
    if (fault_ == Fault::NoSpace) return fail(Code::InsufficientStorage, "full: " + failed_call_);
    return fail(Code::DeviceFailed, "broken: " + failed_call_);
  }

  [[nodiscard]] std::unique_ptr<MemoryDisk> left_by_power_cut() const {
    auto copy = std::make_unique<MemoryDisk>();
    copy->names_ = names_.copy();
    std::mt19937 random(copy_seed_);
    copy->restore_power(random);
    return copy;
  }

  Result<void> need(std::uint64_t bytes) {
    if (bytes == 0 || used_locked() + bytes <= capacity_) return {};
    return fail(Code::InsufficientStorage, "The disk is full.");
  }

  [[nodiscard]] std::uint64_t used_locked() const {
    if (capacity_ == UINT64_MAX) return 0;
    std::uint64_t used = 0;
    std::set<const Inode*> seen;
    for (const auto& [path, inode] : names_.now)
      if (seen.insert(inode.get()).second) used += inode->room();
    return used;
  }

  Result<std::shared_ptr<Inode>> inode_of(const std::filesystem::path& path) const {
    const auto found = names_.now.find(path);
    if (found != names_.now.end()) return found->second;
    return fail(Code::DeviceFailed, path.string() + " does not exist.");
  }

  mutable std::mutex mutex_;
  MemoryNames names_;
  std::set<std::filesystem::path> locked_;
  std::filesystem::path read_only_below_;
  std::uint64_t capacity_ = UINT64_MAX;
  std::uint64_t calls_ = 0;
  std::optional<std::uint64_t> fail_at_, cut_at_, copy_at_;
  std::uint32_t copy_seed_ = 0;
  std::unique_ptr<MemoryDisk> copy_;
  Fault fault_ = Fault::DeviceError;
  std::string failed_call_;
};

}  // namespace vitrine::store
