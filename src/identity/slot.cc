#include "identity/slot.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/cbor.h"

namespace vitrine::identity {

store::Key slot_key(std::uint32_t slot) {
  return {store::Table::State, fmt::format("{}{:08x}", kSlotPrefix, slot)};
}

const store::Key& next_slot_key() {
  static const store::Key key{store::Table::State, "slots/next"};
  return key;
}

std::string encode_next_slot(std::uint32_t slot) {
  CborWriter writer;
  writer.unsigned_int(slot);
  return std::string(as_text(writer.view()));
}

Result<std::uint32_t> decode_next_slot(const store::Entry& row) {
  if (!row.exists()) return 0u;
  CborReader reader(as_bytes(row.value));
  return static_cast<std::uint32_t>(TRY(reader.unsigned_int()));
}

store::Key ended_key(std::uint32_t stream) {
  return {store::Table::State, fmt::format("ended/{:08x}", stream)};
}

std::string encode_slot(std::uint32_t slot, const JournalPlace& place) {
  Bytes row(place.journal.begin(), place.journal.end());
  if (place.stream != slot) append_be32(row, place.stream);
  return std::string(as_text(row));
}

Result<JournalPlace> decode_slot(std::uint32_t slot, std::string_view row) {
  JournalPlace place{.stream = slot, .journal = {}};
  const auto bytes = as_bytes(row);
  const bool has_stream = bytes.size() == place.journal.size() + sizeof(place.stream);
  if (!has_stream && bytes.size() != place.journal.size())
    return fail(Code::Corrupt, fmt::format("Slot {} has no journal; the store is damaged.", slot));
  std::copy_n(bytes.begin(), place.journal.size(), place.journal.begin());
  if (has_stream) place.stream = read_be32(bytes.last(sizeof(place.stream)));
  return place;
}

}  // namespace vitrine::identity
