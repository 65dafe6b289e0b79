#include "blobs/name_state.h"

#include <algorithm>

#include "blobs/head_coding.h"

namespace vitrine::blobs {
namespace {

constexpr std::uint64_t kFormat = 1;
/// Ends the name in a key: no name contains it, so names sort as their bytes do.
constexpr char kEndOfName = '\0';
/// The first that a name may have.
constexpr char kFirstCharacter = '\x01';

Result<std::optional<History>> read_history(CborReader& reader) {
  if (reader.skip_null()) return std::optional<History>();
  TRY(reader.array(2));
  History history{.number = TRY(reader.unsigned_int()),
                  .latest = Moment::from_ticks(TRY(reader.unsigned_int()))};
  return std::optional(history);
}

Result<std::optional<BlobHead>> read_head(CborReader& reader) {
  if (reader.skip_null()) return std::optional<BlobHead>();
  return TRY(decode_blob(as_text(TRY(reader.bytes()))));
}

std::string own_key(const ContainerId& container, std::string_view name) {
  std::string key;
  key.reserve(container.size() + name.size() + 1);
  key.append(as_text(container)).append(name).push_back(kEndOfName);
  return key;
}

/// The part of a key behind its name.
Result<HeadKey::Past> parse_past(std::string_view suffix) {
  constexpr std::size_t kNumberBytes = 8, kKindAt = kNumberBytes, kMomentAt = kKindAt + 1;
  if (suffix.size() != kMomentAt + kNumberBytes)
    return fail(Code::Corrupt, "The key of a version or snapshot is not as long as it should be.");
  auto bytes = as_bytes(suffix);
  auto kind = static_cast<PastKind>(bytes[kKindAt]);
  if (kind != PastKind::Snapshot && kind != PastKind::Version)
    return fail(Code::Corrupt, "A head's key is of unknown kind.");
  return HeadKey::Past{read_be64(bytes), {kind, Moment::from_ticks(read_be64(bytes.subspan(kMomentAt)))}};
}

}  // namespace

Moment NameState::latest() const {
  auto given = history ? history->latest : Moment();
  return head && head->version ? std::max(given, *head->version) : given;
}

std::string encode_name_state(const NameState& state) {
  CborWriter writer;
  writer.array(3).unsigned_int(kFormat);
  if (state.history)
    writer.array(2).unsigned_int(state.history->number).unsigned_int(state.history->latest.ticks());
  else
    writer.null();
  if (state.head)
    writer.bytes(as_bytes(encode_blob(*state.head)));
  else
    writer.null();
  return std::string(as_text(writer.view()));
}

Result<NameState> decode_name_state(std::string_view bytes) {
  CborReader reader(as_bytes(bytes));
  TRY(reader.array(3));
  if (TRY(reader.unsigned_int()) != kFormat)
    return fail(Code::Corrupt, "What lies under a blob's name has an unknown format.");
  NameState state{.head = {}, .history = TRY(read_history(reader))};
  state.head = TRY(read_head(reader));
  TRY(reader.end());
  if (!state.head && !state.history) return fail(Code::Corrupt, "Nothing lies under a blob's name.");
  return state;
}

std::string blob_prefix(const ContainerId& container, std::string_view prefix) {
  std::string key;
  key.reserve(container.size() + prefix.size());
  return key.append(as_text(container)).append(prefix);
}

std::string key_behind_name(const ContainerId& container, std::string_view name) {
  return blob_prefix(container, name) + kFirstCharacter;
}

std::string first_name_key(const ContainerId& container) {
  return blob_prefix(container, {}) + kFirstCharacter;
}

std::string past_prefix(const ContainerId& container, std::string_view name, const History& history) {
  auto key = to_bytes(as_bytes(own_key(container, name)));
  append_be64(key, history.number);
  return std::string(as_text(key));
}

std::string past_prefix(const ContainerId& container, std::string_view name, const History& history,
                        PastKind kind) {
  return past_prefix(container, name, history) + static_cast<char>(kind);
}

store::Key blob_key(const ContainerId& container, const BlobName& blob) {
  return {store::Table::Heads, own_key(container, blob.text())};
}

store::Key past_key(const ContainerId& container, const BlobName& blob, const History& history,
                    const PastId& past) {
  auto key = to_bytes(as_bytes(past_prefix(container, blob.text(), history, past.kind)));
  append_be64(key, past.moment.ticks());
  return {store::Table::Heads, std::string(as_text(key))};
}

Result<HeadKey> parse_head_key(std::string_view key) {
  constexpr auto kIdBytes = sizeof(ContainerId);
  auto end = key.find(kEndOfName, std::min(kIdBytes, key.size()));
  if (end == std::string_view::npos || end == kIdBytes)
    return fail(Code::Corrupt, "A head's key has no blob name.");
  HeadKey parsed{.name = std::string(key.substr(kIdBytes, end - kIdBytes)), .past = {}};
  auto suffix = key.substr(end + 1);
  if (!suffix.empty()) parsed.past = TRY(parse_past(suffix));
  return parsed;
}

store::Write write_name(const keys::DataKeys& keys, store::Key key, const NameState& state) {
  if (!state.head && !state.history) return {std::move(key), std::nullopt};
  return seal(keys, std::move(key), encode_name_state(state));
}

Result<NameState> open_name(const keys::DataKeys& keys, const store::Entry& row) {
  if (!row.exists()) return NameState{};
  return decode_name_state(TRY(open(keys, {store::Table::Heads, row.key}, row.value)));
}

Result<std::optional<BlobHead>> open_head(const keys::DataKeys& keys, const std::string& key,
                                          std::string_view value) {
  auto opened = TRY(open(keys, {store::Table::Heads, key}, value));
  if (TRY(parse_head_key(key)).past) return decode_blob(opened);
  return TRY(decode_name_state(opened)).head;
}

store::Key past_name(const ContainerId& container, const BlobName& blob) {
  return {store::Table::Heads, own_key(container, blob.text()) + "past"};
}

}  // namespace vitrine::blobs
