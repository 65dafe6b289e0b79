#include "ledger/dropped_records.h"

#include <fmt/format.h>

#include <charconv>

#include "ledger/count_row.h"

namespace vitrine::ledger {
namespace {

constexpr std::string_view kPrefix = "dropped-below/", kBehind = "dropped-below0";

store::Key key_of(std::uint32_t stream) {
  return {store::Table::State, fmt::format("{}{:08x}", kPrefix, stream)};
}

}  // namespace

store::Write dropped_below_write(std::uint32_t stream, std::uint64_t up_to) {
  return {key_of(stream), encode_count(up_to)};
}

Result<std::uint64_t> dropped_below(const store::Store& store, std::uint32_t stream) {
  const auto row = TRY(store.look_up(key_of(stream)));
  if (!row.exists()) return std::uint64_t{0};
  return decode_count(row.value);
}

Result<std::vector<std::uint32_t>> streams_with_dropped(const store::Store& store) {
  std::vector<std::uint32_t> streams;
  for (const auto& row : TRY(store.scan(store::Table::State, kPrefix, kBehind, SIZE_MAX))) {
    const auto digits = std::string_view(row.key).substr(kPrefix.size());
    std::uint32_t stream = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), stream, 16);
    if (error != std::errc() || end != digits.data() + digits.size())
      return fail(Code::Corrupt, fmt::format("The row {} is of no journal.", row.key));
    streams.push_back(stream);
  }
  return streams;
}

}  // namespace vitrine::ledger
