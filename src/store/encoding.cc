#include "store/encoding.h"

#include <algorithm>

#include "base/cbor.h"

namespace vitrine::store {
namespace {

constexpr std::size_t kVersionBytes = 8;

std::unexpected<Error> corrupt(const char* what) {
  return fail(Code::Corrupt, std::string("The metadata store holds ") + what +
                                 ". Restore the data directory from a backup.");
}

}  // namespace

StoredInteger store_integer(std::uint64_t value) {
  StoredInteger out;
  for (std::size_t i = out.size(); i-- > 0; value >>= 8) out[i] = static_cast<std::uint8_t>(value);
  return out;
}

Result<std::uint64_t> read_integer(ConstBytes stored) {
  if (stored.size() != sizeof(std::uint64_t)) return corrupt("an integer that is not eight bytes long");
  return read_be64(stored);
}

Result<VersionedValue> read_versioned(ConstBytes stored) {
  if (stored.size() < kVersionBytes) return corrupt("a value without a version");
  const auto version = read_be64(stored);
  if (version == 0) return corrupt("a value of version 0, which stands for absence");
  return VersionedValue{version, as_text(stored.subspan(kVersionBytes))};
}

JournalKey journal_key(std::uint32_t slot, std::uint64_t index) {
  JournalKey key;
  for (std::size_t i = 4; i-- > 0; slot >>= 8) key[i] = static_cast<std::uint8_t>(slot);
  std::ranges::copy(store_integer(index), key.begin() + 4);
  return key;
}

Result<JournalPlace> read_journal_key(ConstBytes key) {
  if (key.size() != std::tuple_size_v<JournalKey>) return corrupt("a journal key of a wrong length");
  return JournalPlace{read_be32(key), read_be64(key.subspan(4))};
}

std::string front_key(std::uint32_t slot) {
  Bytes key = to_bytes(as_bytes(kFrontPrefix));
  append_be32(key, slot);
  return std::string(as_text(key));
}

std::optional<std::uint32_t> read_front_key(std::string_view key) {
  if (!key.starts_with(kFrontPrefix) || key.size() != kFrontPrefix.size() + sizeof(std::uint32_t))
    return std::nullopt;
  return read_be32(as_bytes(key.substr(kFrontPrefix.size())));
}

Result<JournalEntry> read_journal_value(ConstBytes stored) {
  JournalEntry entry;
  if (stored.size() < entry.leaf.size()) return corrupt("a record without a leaf");
  std::ranges::copy(stored.first(entry.leaf.size()), entry.leaf.begin());
  entry.bytes = as_text(stored.subspan(entry.leaf.size()));
  return entry;
}

std::string holders_key(const BodyRef& body) {
  if (const auto* id = std::get_if<SegmentId>(&body)) return std::string("holders/s").append(as_text(*id));
  return "holders/b" + std::get<std::string>(body);
}

std::string live_key(std::uint64_t extent) {
  return std::string(kLivePrefix).append(as_text(store_integer(extent)));
}

Bytes store_segment_row(const SegmentRow& row) {
  CborWriter out;
  out.array(6)
      .unsigned_int(row.location.extent)
      .unsigned_int(row.location.offset)
      .unsigned_int(row.length)
      .bytes(row.digest)
      .unsigned_int(row.epoch)
      .bytes(row.owner);
  return out.take();
}

Result<SegmentRow> read_segment_row(ConstBytes stored) {
  CborReader in(stored);
  SegmentRow row;
  TRY(in.array(6));
  row.location.extent = TRY(in.unsigned_int());
  row.location.offset = TRY(in.unsigned_int());
  row.length = TRY(in.unsigned_int());
  std::ranges::copy(TRY(in.bytes(row.digest.size())), row.digest.begin());
  const auto epoch = TRY(in.unsigned_int());
  if (epoch == 0 || epoch > UINT32_MAX) return corrupt("a segment of an impossible key epoch");
  row.epoch = static_cast<keys::Epoch>(epoch);
  std::ranges::copy(TRY(in.bytes(row.owner.size())), row.owner.begin());
  TRY(in.end());
  return row;
}

}  // namespace vitrine::store
