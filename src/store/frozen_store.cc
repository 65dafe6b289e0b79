#include "store/frozen_store.h"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "base/log.h"
#include "store/encoding.h"
#include "store/extent_set.h"
#include "store/file_layer.h"
#include "store/sequencer.h"

namespace vitrine::store {
namespace {

/// Looking rows up and walking them needs little.
constexpr Database::Sizes kSizes{.cache_bytes = 8 << 20, .write_buffer_bytes = 8 << 20};

constexpr std::chrono::milliseconds kForACopy{2'000}, kLookAgain{20};

}  // namespace

std::filesystem::path FreezePlace::unfinished() const {
  auto path = directory;
  path += ".tmp";
  return path;
}

Result<void> FreezePlace::clear(FileLayer& files) const {
  auto first = remove_tree(files, unfinished());
  auto second = remove_tree(files, directory);
  return first ? second : first;
}

Result<void> FreezePlace::holds_nothing(FileLayer& files) {
  const auto seen = begun.load();
  for (const auto until = std::chrono::steady_clock::now() + kForACopy;;) {
    // A copy that begins now takes the files as they are now.
    if (begun != seen) return {};
    if (!taken && !TRY(files.status(directory)) && !TRY(files.status(unfinished()))) return {};
    if (!taken.exchange(true)) {
      auto cleared = clear(files);
      taken = false;
      return cleared;
    }
    if (std::chrono::steady_clock::now() >= until)
      return fail(Code::Unavailable,
                  "A backup is being made: until it ends, its copy holds the files as they were before.");
    std::this_thread::sleep_for(kLookAgain);
  }
}

Result<std::unique_ptr<FrozenStore>> FrozenStore::freeze(FileLayer& files, Database& database,
                                                         ExtentSet& extents, ReadPin pin,
                                                         FreezePlace& place) {
  if (place.taken.exchange(true))
    return fail(Code::ServerBusy, "The store is being copied already: wait for that to end.");
  std::unique_ptr<FrozenStore> frozen(new FrozenStore(files, extents, std::move(pin), place));
  TRY(place.clear(files));
  ++place.begun;
  TRY(database.copy_to(place.directory));
  frozen->database_ = TRY(Database::open_read_only(files, place.directory, kSizes));
  frozen->version_ = TRY(stored_version(*frozen->database_));
  return frozen;
}

FrozenStore::~FrozenStore() {
  database_.reset();
  if (auto cleared = place_.clear(files_); !cleared)
    log::warn("files of a copy are left over and keep room until the next copy or start",
              {{"directory", place_.directory.string()}, {"error", cleared.error().message}});
  place_.taken = false;
}

Result<Entry> FrozenStore::look_up(const Key& key) const {
  Entry entry{.key = key.bytes, .version = 0, .read_at = version_, .value = {}};
  const auto stored = TRY(database_->get(family_of(key.table), key.bytes));
  if (!stored.found()) return entry;
  const auto value = TRY(read_versioned(stored.bytes()));
  entry.version = value.version;
  entry.value = value.value;
  return entry;
}

Result<std::shared_ptr<const Extent>> FrozenStore::extent(std::uint64_t number) const {
  if (auto open = extents_.find_open(number)) return open;
  return extents_.open_for_reading(number);
}

}  // namespace vitrine::store
