#include "ledger/sealed_sizes.h"

#include <fmt/format.h>

#include <charconv>
#include <set>
#include <string_view>

#include "base/cbor.h"

namespace vitrine::ledger {
namespace {

constexpr std::string_view kPrefix = "sealed-size/", kBehind = "sealed-size0";
constexpr std::size_t kSlotDigits = 8;

Result<std::uint32_t> slot_of(std::string_view key) {
  const auto digits = key.substr(kPrefix.size());
  std::uint32_t slot = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), slot, 16);
  if (digits.size() != kSlotDigits || error != std::errc() || end != digits.data() + digits.size())
    return fail(Code::Corrupt, "The key of a sealed journal's size is none.");
  return slot;
}

Result<std::uint64_t> size_in(std::string_view value) {
  CborReader reader(as_bytes(value));
  const auto size = TRY(reader.unsigned_int());
  TRY(reader.end());
  return size;
}

/// What is sealed has tiles, written with its size.
Result<bool> has_tiles(const store::Store& store, std::uint32_t slot) {
  const auto prefix = fmt::format("journal/{:08x}/", slot);
  auto end = prefix;
  ++end.back();
  return !TRY(store.scan(store::Table::State, prefix, end, 1)).empty();
}

}  // namespace

Result<void> check_sealed_sizes(const store::Store& store, store::CheckReport& report) {
  std::set<std::uint32_t> sealed;
  for (const auto& row : TRY(store.scan(store::Table::State, kPrefix, kBehind, SIZE_MAX))) {
    const auto slot = slot_of(row.key);
    const auto size = slot ? size_in(row.value) : std::unexpected(slot.error());
    if (!size) {
      report.add(fmt::format("table state, key {}", row.key), size.error().message);
      continue;
    }
    sealed.insert(*slot);
    // Read behind the row, so that it has all that the seal covers.
    const auto there = store.journal_size(*slot);
    if (*size > there)
      report.add(fmt::format("journal {}", *slot),
                 fmt::format("records {} to {} are missing at its end: seals cover {} records", there,
                             *size - 1, *size));
  }
  for (const auto& journal : store.journal_sizes()) {
    if (sealed.contains(journal.slot) || !TRY(has_tiles(store, journal.slot))) continue;
    const auto key = fmt::format("{}{:08x}", kPrefix, journal.slot);
    if (!TRY(store.look_up({store::Table::State, key})).exists())
      report.add(fmt::format("journal {}", journal.slot),
                 "its end cannot be told: the row of its sealed size is missing");
  }
  return {};
}

}  // namespace vitrine::ledger
