#include "store/change_table.h"

#include <functional>

namespace vitrine::store {
namespace {

// 512 KiB. A thousand changes between a read and its guard cost a needless look-up in one case of 65.
constexpr std::size_t kCells = 1 << 16;

}  // namespace

std::uint64_t hash_of(Table table, std::string_view key) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  return std::hash<std::string_view>{}(key) + kOdd * (static_cast<std::uint64_t>(table) + 1);
}

ChangeTable::ChangeTable(Version opened_at) : cells_(kCells) {
  reset(opened_at);
}

void ChangeTable::reset(Version opened_at) {
  for (auto& cell : cells_) cell.store(opened_at, std::memory_order_relaxed);
}

bool ChangeTable::unchanged_since(std::uint64_t hash, Version version) const {
  return cells_[hash % kCells].load(std::memory_order_relaxed) <= version;
}

void ChangeTable::changed(std::uint64_t hash, Version version) {
  cells_[hash % kCells].store(version, std::memory_order_relaxed);
}

}  // namespace vitrine::store
