#include "blobs/uncommitted.h"

#include "blobs/head_coding.h"

namespace vitrine::blobs {
namespace {

constexpr std::uint64_t kFormat = 1;

constexpr std::chrono::days kAbandonedAfter{7}, kPrecision{1};

}  // namespace

store::Key uncommitted_key(const ContainerId& container, const BlobName& blob) {
  return {store::Table::Rows, blob_key(container, blob).bytes};
}

store::Write write_uncommitted(const keys::DataKeys& keys, store::Key key, const UncommittedSet& set) {
  CborWriter writer;
  writer.array(set.encrypted ? 5 : 4)
      .unsigned_int(kFormat)
      .unsigned_int(set.generation)
      .unsigned_int(set.id_length);
  writer.integer(to_micros(set.idle_at));
  if (set.encrypted) writer.bytes(set.encrypted->key);
  return seal(keys, std::move(key), as_text(writer.view()));
}

Result<std::optional<UncommittedSet>> decode_uncommitted(const keys::DataKeys& keys,
                                                         const store::Entry& row) {
  if (!row.exists()) return std::optional<UncommittedSet>();
  const auto value = TRY(open(keys, {store::Table::Rows, row.key}, row.value));
  CborReader reader(as_bytes(value));
  const auto items = TRY(reader.array_up_to(5));
  if (items < 4 || TRY(reader.unsigned_int()) != kFormat)
    return fail(Code::Corrupt, "A set of blocks has an unknown format.");
  UncommittedSet set{.generation = TRY(reader.unsigned_int()),
                     .id_length = TRY(reader.unsigned_int()),
                     .idle_at = TRY(read_time(reader)),
                     .encrypted = {}};
  if (items == 5) set.encrypted = TRY(read_encrypted_with(reader));
  TRY(reader.end());
  return std::optional(set);
}

std::optional<std::string> uncommitted_blob_name(std::string_view key) {
  // The name has no NUL, so the first one after the container's id ends it; a block's key goes on.
  auto end = key.find('\0', sizeof(ContainerId));
  if (end == std::string_view::npos || end + 1 != key.size()) return std::nullopt;
  return std::string(key.substr(sizeof(ContainerId), end - sizeof(ContainerId)));
}

Timestamp idle_after(Timestamp now) {
  return now + kAbandonedAfter + kPrecision;
}

bool grows_idle(const UncommittedSet& set, Timestamp now) {
  return set.idle_at < now + kAbandonedAfter;
}

std::string blocks_begin(const ContainerId& container, std::string_view blob, std::uint64_t generation) {
  Bytes key = to_bytes(as_bytes(blob_prefix(container, blob)));
  key.push_back(0);
  append_be64(key, generation);
  return std::string(as_text(key));
}

std::string blocks_end(std::string_view begin) {
  return std::string(begin) + '\x7f';  // above every base64 character
}

store::Key blocks_name(const ContainerId& container, const BlobName& blob) {
  return {store::Table::Rows, uncommitted_key(container, blob).bytes + "blocks"};
}

store::Key block_key(const ContainerId& container, const BlobName& blob, const UncommittedSet& set,
                     const BlockId& id) {
  return {store::Table::Rows, blocks_begin(container, blob.text(), set.generation) + id.text()};
}

store::Write write_block(const keys::DataKeys& keys, store::Key key, const Piece& piece) {
  CborWriter writer;
  write_piece(writer, piece);
  return seal(keys, std::move(key), as_text(writer.view()));
}

Result<Piece> decode_block(const keys::DataKeys& keys, const store::Entry& row) {
  const auto value = TRY(open(keys, {store::Table::Rows, row.key}, row.value));
  CborReader reader(as_bytes(value));
  auto piece = TRY(read_piece(reader));
  TRY(reader.end());
  return piece;
}

Result<std::vector<Block>> uncommitted_blocks(const store::Store& store, const keys::DataKeys& keys,
                                              const ContainerId& container, const BlobName& blob,
                                              const UncommittedSet& set) {
  auto prefix = blocks_begin(container, blob.text(), set.generation);
  std::vector<Block> blocks;
  const auto rows = TRY(store.scan(store::Table::Rows, prefix, blocks_end(prefix), kMostUncommitted + 1));
  if (rows.size() > kMostUncommitted)
    return fail(Code::BlockCountExceedsLimit,
                "The blob has more than 100,000 uncommitted blocks. Put it whole, which drops them.");
  for (const auto& row : rows) {
    auto id = BlockId::parse(std::string_view(row.key).substr(prefix.size()));
    if (!id) return fail(Code::Corrupt, "A stored block has an id that cannot be.");
    blocks.push_back({std::move(*id), TRY(decode_block(keys, row))});
  }
  return blocks;
}

}  // namespace vitrine::blobs
