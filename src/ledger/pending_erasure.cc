#include "ledger/pending_erasure.h"

#include <fmt/format.h>

#include "base/cbor.h"

namespace vitrine::ledger {
namespace {

constexpr std::string_view kPrefix = "erasing/", kBehind = "erasing0";

std::string prefix_of(std::uint32_t stream) {
  return fmt::format("{}{:08x}/", kPrefix, stream);
}

Result<PendingErasure> decode(std::string_view row) {
  CborReader reader(as_bytes(row));
  TRY(reader.array(3));
  PendingErasure erasure{.stream = static_cast<std::uint32_t>(TRY(reader.unsigned_int())),
                         .records = TRY(evidence::parse_ranges(TRY(reader.text()))),
                         .facets = TRY(evidence::parse_facets(TRY(reader.text())))};
  TRY(reader.end());
  return erasure;
}

Result<std::vector<PendingErasureRow>> between(const store::Store& store, std::string_view from,
                                               std::string_view to) {
  std::vector<PendingErasureRow> rows;
  for (auto& row : TRY(store.scan(store::Table::State, from, to, SIZE_MAX))) {
    auto erasure = decode(row.value);
    if (!erasure)
      return fail(Code::Corrupt, fmt::format("The row {} of an erasure cannot be read: {}", row.key,
                                             erasure.error().message));
    rows.push_back({{store::Table::State, std::move(row.key)}, std::move(*erasure)});
  }
  return rows;
}

}  // namespace

store::Write pending_erasure(const PendingErasure& erasure, std::string_view order) {
  CborWriter writer;
  writer.array(3).unsigned_int(erasure.stream).text(to_text(erasure.records)).text(to_text(erasure.facets));
  return {{store::Table::State, prefix_of(erasure.stream) + std::string(order)},
          std::string(as_text(writer.view()))};
}

Result<std::vector<PendingErasureRow>> pending_erasures(const store::Store& store) {
  return between(store, kPrefix, kBehind);
}

Result<std::vector<PendingErasureRow>> pending_erasures(const store::Store& store, std::uint32_t stream) {
  auto behind = prefix_of(stream);
  ++behind.back();
  return between(store, prefix_of(stream), behind);
}

}  // namespace vitrine::ledger
