#include "store/extent_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/log.h"

namespace vitrine::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".extent";
constexpr std::size_t kNumberDigits = 16;
/// Writers spread over so many extents of a directory: while one is synced, others fill.
constexpr std::ptrdiff_t kWritablePerDirectory = 2;
constexpr std::size_t kKeptOpen = 512;

}  // namespace

std::optional<std::uint64_t> extent_number(std::string_view name) {
  if (name.size() != kNumberDigits + kSuffix.size() || !name.ends_with(kSuffix)) return std::nullopt;
  std::uint64_t number = 0;
  const auto* end = name.data() + kNumberDigits;
  const auto parsed = std::from_chars(name.data(), end, number, 16);
  if (parsed.ec != std::errc{} || parsed.ptr != end || number == 0) return std::nullopt;
  return number;
}

fs::path extent_path(const fs::path& directory, std::uint64_t number) {
  return directory / fmt::format("{:016x}{}", number, kSuffix);
}

std::uint64_t whole_pages(std::uint64_t bytes) {
  return (bytes + Extent::kPageBytes - 1) / Extent::kPageBytes * Extent::kPageBytes;
}

Reservation::Reservation(ExtentSet& set, std::shared_ptr<Extent> extent, std::size_t directory,
                         std::uint64_t offset, std::optional<std::uint64_t> length)
    : set_(set), extent_(std::move(extent)), directory_(directory), offset_(offset), length_(length) {}

Reservation::~Reservation() {
  set_.give_back(extent_, offset_, length_, kept_);
}

Result<void> Reservation::extend(std::uint64_t bytes, std::uint64_t more) {
  if (length_) return {};
  return set_.allocate(*extent_, directory_, offset_ + bytes + more);
}

Result<std::unique_ptr<ExtentSet>> ExtentSet::open(FileLayer& files, Layout layout,
                                                   const std::set<std::uint64_t>& live) {
  std::unique_ptr<ExtentSet> set(new ExtentSet(files, std::move(layout)));
  if (!live.empty()) set->next_number_ = *live.rbegin() + 1;
  for (std::size_t i = 0; i < set->layout_.directories.size(); ++i) TRY(set->adopt_directory(i, live));
  for (auto number : live)
    if (!set->contains(number))
      log::error("an extent is missing, and what lies in it cannot be read: run vitrine fsck",
                 {{"extent", extent_path({}, number).string()}});
  return set;
}

ExtentSet::~ExtentSet() {
  for (const auto& writable : writable_) retire(writable);
}

Result<void> ExtentSet::adopt_directory(std::size_t index, const std::set<std::uint64_t>& live) {
  const auto& directory = layout_.directories[index];
  for (const auto& name : TRY(files_.list(directory))) {
    const auto number = extent_number(name);
    if (!number) continue;
    next_number_ = std::max(next_number_, *number + 1);
    const auto settled = settle_leftover(directory / name, live.contains(*number));
    if (!settled) TRY(files_.open_for_reading(directory / name));  // as from a disk that takes no writes
    if (!settled)
      log::warn("an extent stays as an earlier process left it", {{"error", settled.error().message}});
    if (settled && !*settled) continue;
    earlier_.insert(*number);
    const auto [there, is_only] = directory_of_.emplace(*number, index);
    if (!is_only)
      return fail(Code::Corrupt,
                  fmt::format("{} lies in both {} and {}. Neither may be a copy of the other, so remove "
                              "none: set one directory aside as it is and run vitrine fsck, which tells "
                              "whether the other one is whole.",
                              name, layout_.directories[there->second].string(), directory.string()));
  }
  return {};
}

Result<bool> ExtentSet::settle_leftover(const fs::path& path, bool lives) {
  const auto file = TRY(files_.open(path));
  const auto size = TRY(file->size());
  if (size <= Extent::kHeaderBytes && !lives) {
    TRY(files_.remove(path));
    return false;
  }
  TRY(file->truncate(size));
  return true;
}

Result<std::unique_ptr<Reservation>> ExtentSet::reserve(std::optional<std::uint64_t> length) {
  std::lock_guard lock(writing_mutex_);
  const auto directories = layout_.directories.size();
  const auto first = next_directory_++;
  for (std::size_t i = 0;; ++i) {
    auto reservation = reserve_in((first + i) % directories, length);
    // Another disk may have room, or work.
    if (reservation || i + 1 == directories) return reservation;
  }
}

Result<void> ExtentSet::allocate(Extent& extent, std::size_t directory, std::uint64_t end) {
  const auto allocated = extent.allocated();
  if (end <= allocated) return {};
  if (layout_.spare_bytes == 0) return extent.allocate_through(end, UINT64_MAX);
  const auto room = TRY(files_.free_room(layout_.directories[directory]));
  const auto needed = layout_.spare_bytes + (end - allocated);
  notices_.note(layout_.directories[directory], room, needed);
  if (room < needed)
    return fail(Code::InsufficientStorage,
                "The server's disk is too full for this: its operator has to make room. Reading and deleting "
                "go on.");
  // The other half is for the other extents.
  return extent.allocate_through(end, (room - needed) / 2);
}

Result<std::unique_ptr<Reservation>> ExtentSet::reserve_in(std::size_t directory,
                                                           std::optional<std::uint64_t> length) {
  const auto bytes = whole_pages(length.value_or(1));
  auto index = TRY(writable_in(directory, length));
  const auto& chosen = writable_[index];
  if (auto allocated = allocate(*chosen.extent, directory, chosen.tail + bytes); !allocated) {
    // Another one may have it already.
    const auto has_it = [&](const Writable& w) {
      return w.directory == directory && fits(w, length) && w.tail + bytes <= w.extent->allocated();
    };
    const auto other = std::ranges::find_if(writable_, has_it);
    if (other == writable_.end()) return std::unexpected(std::move(allocated).error());
    index = static_cast<std::size_t>(other - writable_.begin());
  }
  auto& writable = writable_[index];
  const auto offset = writable.tail;
  auto extent = writable.extent;
  if (length) {
    writable.tail += whole_pages(*length);
    // The next writer gets another extent.
    std::rotate(writable_.begin() + static_cast<std::ptrdiff_t>(index),
                writable_.begin() + static_cast<std::ptrdiff_t>(index) + 1, writable_.end());
  } else {
    lent_.push_back(writable);
    writable_.erase(writable_.begin() + static_cast<std::ptrdiff_t>(index));
  }
  return std::make_unique<Reservation>(*this, std::move(extent), directory, offset, length);
}

bool ExtentSet::fits(const Writable& writable, std::optional<std::uint64_t> length) const {
  if (writable.extent->failed()) return false;
  if (writable.tail == Extent::kHeaderBytes) return true;
  if (!length) return writable.tail <= layout_.extent_bytes / 2;
  return *length <= layout_.extent_bytes && writable.tail <= layout_.extent_bytes - whole_pages(*length);
}

Result<std::size_t> ExtentSet::writable_in(std::size_t directory, std::optional<std::uint64_t> length) {
  const auto find = [&] {
    return std::ranges::find_if(writable_,
                                [&](const auto& w) { return w.directory == directory && fits(w, length); });
  };
  const auto opened = std::ranges::count(writable_, directory, &Writable::directory);
  if (find() == writable_.end() || opened < kWritablePerDirectory) {
    // One extent is enough to go on with.
    if (auto added = add_writable(directory); !added && find() == writable_.end())
      return std::unexpected(std::move(added).error());
    keep_few_writable(directory);
  }
  return static_cast<std::size_t>(find() - writable_.begin());
}

Result<void> ExtentSet::add_writable(std::size_t directory) {
  const auto number = next_number_++;
  auto extent = TRY(Extent::create(files_, path_of(directory, number), number));
  {
    std::lock_guard lock(reading_mutex_);
    directory_of_[number] = directory;
  }
  writable_.push_back({remember(std::move(extent)), Extent::kHeaderBytes, directory});
  return {};
}

void ExtentSet::keep_few_writable(std::size_t directory) {
  std::vector<std::size_t> here;
  for (std::size_t i = 0; i < writable_.size(); ++i)
    if (writable_[i].directory == directory) here.push_back(i);
  if (std::ssize(here) <= kWritablePerDirectory) return;
  const auto rank = [&](std::size_t i) {
    return std::pair(writable_[i].extent->failed(), writable_[i].tail);
  };
  const auto fullest = static_cast<std::ptrdiff_t>(std::ranges::max(here, {}, rank));
  retire(writable_[static_cast<std::size_t>(fullest)]);
  writable_.erase(writable_.begin() + fullest);
}

void ExtentSet::retire(const Writable& writable) {
  const auto number = writable.extent->number();
  const auto path = path_of(writable.directory, number);
  const bool empty = writable.tail == Extent::kHeaderBytes;
  const auto settled = empty ? files_.remove(path) : writable.extent->trim(writable.tail);
  // What stays behind is settled when the store is opened next.
  if (!settled) log::warn("an extent keeps room it does not need", {{"error", settled.error().message}});
  if (!empty) return;
  std::lock_guard lock(reading_mutex_);
  open_.erase(number);
  directory_of_.erase(number);
}

void ExtentSet::give_back(const std::shared_ptr<Extent>& extent, std::uint64_t offset,
                          std::optional<std::uint64_t> length, std::uint64_t kept) {
  std::unique_lock lock(writing_mutex_);
  if (!length) {
    const auto lent = std::ranges::find(lent_, extent, &Writable::extent);
    writable_.push_back({extent, offset + whole_pages(kept), lent->directory});
    lent_.erase(lent);
    keep_few_writable(writable_.back().directory);
    return;
  }
  if (kept != 0) return;
  const auto end = offset + whole_pages(*length);
  const auto writable = std::ranges::find(writable_, extent, &Writable::extent);
  if (writable != writable_.end() && writable->tail == end) {
    writable->tail = offset;
    return;
  }
  lock.unlock();
  if (auto punched = extent->punch(offset, whole_pages(*length)); !punched)
    log::warn("an extent keeps room it does not need", {{"error", punched.error().message}});
}

std::shared_ptr<const Extent> ExtentSet::find_open(std::uint64_t number) const {
  std::lock_guard lock(reading_mutex_);
  const auto found = open_.find(number);
  return found == open_.end() ? nullptr : found->second;
}

Result<void> ExtentSet::free(std::uint64_t number, std::uint64_t offset, std::uint64_t bytes) {
  const auto extent = TRY(open_extent(number));
  return TRY(files_.open(extent->path()))->punch(offset, whole_pages(bytes));
}

bool ExtentSet::is_written(std::uint64_t number) const {
  const auto is_it = [&](const auto& writable) { return writable.extent->number() == number; };
  return std::ranges::any_of(writable_, is_it) || std::ranges::any_of(lent_, is_it);
}

bool ExtentSet::contains(std::uint64_t number) const {
  std::lock_guard lock(reading_mutex_);
  return directory_of_.contains(number);
}

bool ExtentSet::is_idle(std::uint64_t number) const {
  std::scoped_lock lock(writing_mutex_, reading_mutex_);
  if (is_written(number)) return false;
  const auto opened = open_.find(number);
  return opened == open_.end() || opened->second.use_count() == 1;
}

Result<void> ExtentSet::remove(std::uint64_t number) {
  std::size_t directory = 0;
  {
    std::lock_guard lock(reading_mutex_);
    const auto known = directory_of_.find(number);
    if (known == directory_of_.end()) return {};
    directory = known->second;
  }
  // A large file takes a while to go: nobody waits for that.
  TRY(files_.remove(path_of(directory, number)));
  std::shared_ptr<Extent> closed;
  std::lock_guard lock(reading_mutex_);
  if (const auto opened = open_.find(number); opened != open_.end()) {
    closed = std::move(opened->second);
    open_.erase(opened);
  }
  directory_of_.erase(number);
  earlier_.erase(number);
  return {};
}

std::vector<ClosedExtent> ExtentSet::closed() {
  std::scoped_lock lock(writing_mutex_, reading_mutex_);
  std::vector<ClosedExtent> closed;
  for (const auto& [number, directory] : directory_of_)
    if (!is_written(number)) closed.push_back({number, earlier_.contains(number)});
  std::ranges::sort(closed, {}, &ClosedExtent::number);
  return closed;
}

void ExtentSet::settled(std::uint64_t number) {
  std::lock_guard lock(reading_mutex_);
  earlier_.erase(number);
}

Result<std::shared_ptr<const Extent>> ExtentSet::open_for_reading(std::uint64_t number) {
  return open_extent(number);
}

Result<std::shared_ptr<Extent>> ExtentSet::open_extent(std::uint64_t number) {
  fs::path path;
  {
    std::lock_guard lock(reading_mutex_);
    const auto directory = directory_of_.find(number);
    if (directory == directory_of_.end())
      return fail(Code::Corrupt,
                  fmt::format("Extent {} is missing: check that all its directories are mounted, "
                              "or restore it from a backup.",
                              number));
    if (const auto opened = open_.find(number); opened != open_.end()) return opened->second;
    path = path_of(directory->second, number);
  }
  return remember(TRY(Extent::open(files_, path, number)));
}

std::shared_ptr<Extent> ExtentSet::remember(std::shared_ptr<Extent> extent) {
  std::lock_guard lock(reading_mutex_);
  // Kept open, a file that is removed would keep its room.
  if (!directory_of_.contains(extent->number())) return extent;
  // One for all, so that it can be told whether anybody has it in hand.
  if (const auto opened = open_.find(extent->number()); opened != open_.end()) return opened->second;
  const auto unused = [](const auto& entry) { return entry.second.use_count() == 1; };
  while (open_.size() >= kKeptOpen) {
    const auto victim = std::ranges::find_if(open_, unused);
    if (victim == open_.end()) break;
    open_.erase(victim);
  }
  open_.emplace(extent->number(), extent);
  return extent;
}

fs::path ExtentSet::path_of(std::size_t directory, std::uint64_t number) const {
  return extent_path(layout_.directories[directory], number);
}

}  // namespace vitrine::store
