// When a key last changed, roughly and fast.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>
#include <vector>

#include "store/entry.h"

namespace vitrine::store {

std::uint64_t hash_of(Table table, std::string_view key);

/// For each of a fixed number of hash cells the last version that changed a key in it. Keys share cells, so
/// it may claim a change that was none; it never misses one. One thread tells it of changes, any may ask: who
/// asks knows of all changes that happened before the asking.
class ChangeTable {
 public:
  /// Everything may have changed at `opened_at`, nothing since.
  explicit ChangeTable(Version opened_at);
  /// The same from now on.
  void reset(Version opened_at);

  [[nodiscard]] bool unchanged_since(std::uint64_t hash, Version version) const;
  void changed(std::uint64_t hash, Version version);

 private:
  std::vector<std::atomic<Version>> cells_;
};

}  // namespace vitrine::store
