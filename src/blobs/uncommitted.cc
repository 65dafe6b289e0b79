#include "blobs/uncommitted.h"

#include "blobs/head_coding.h"

namespace vitrine::blobs {
namespace {

constexpr std::uint64_t kFormat = 1;

std::string blocks_prefix(const ContainerId& container, const BlobName& blob, const UncommittedSet& set) {
  Bytes key = to_bytes(as_bytes(uncommitted_key(container, blob).bytes));
  append_be64(key, set.generation);
  return std::string(as_text(key));
}

}  // namespace

store::Key uncommitted_key(const ContainerId& container, const BlobName& blob) {
  return {store::Table::Rows, blob_key(container, blob).bytes};
}

store::Write write_uncommitted(const keys::DataKeys& keys, store::Key key, const UncommittedSet& set) {
  CborWriter writer;
  writer.array(4).unsigned_int(kFormat).unsigned_int(set.generation).unsigned_int(set.id_length);
  writer.integer(to_micros(set.created));
  return seal(keys, std::move(key), as_text(writer.view()));
}

Result<std::optional<UncommittedSet>> decode_uncommitted(const keys::DataKeys& keys,
                                                         const store::Entry& row) {
  if (!row.exists()) return std::optional<UncommittedSet>();
  const auto value = TRY(open(keys, {store::Table::Rows, row.key}, row.value));
  CborReader reader(as_bytes(value));
  TRY(reader.array(4));
  if (TRY(reader.unsigned_int()) != kFormat)
    return fail(Code::Corrupt, "A set of blocks has an unknown format.");
  UncommittedSet set{.generation = TRY(reader.unsigned_int()),
                     .id_length = TRY(reader.unsigned_int()),
                     .created = TRY(read_time(reader))};
  TRY(reader.end());
  return std::optional(set);
}

std::optional<std::string> uncommitted_blob_name(std::string_view key) {
  // The name has no NUL, so the first one after the container's id ends it; a block's key goes on.
  auto end = key.find('\0', sizeof(ContainerId));
  if (end == std::string_view::npos || end + 1 != key.size()) return std::nullopt;
  return std::string(key.substr(sizeof(ContainerId), end - sizeof(ContainerId)));
}

store::Key blocks_name(const ContainerId& container, const BlobName& blob) {
  return {store::Table::Rows, uncommitted_key(container, blob).bytes + "blocks"};
}

store::Key block_key(const ContainerId& container, const BlobName& blob, const UncommittedSet& set,
                     const BlockId& id) {
  return {store::Table::Rows, blocks_prefix(container, blob, set) + id.text()};
}

store::Write write_block(const keys::DataKeys& keys, store::Key key, const Piece& piece) {
  CborWriter writer;
  write_piece(writer, piece);
  return seal(keys, std::move(key), as_text(writer.view()));
}

Result<std::vector<Block>> uncommitted_blocks(const store::Store& store, const keys::DataKeys& keys,
                                              const ContainerId& container, const BlobName& blob,
                                              const UncommittedSet& set) {
  auto prefix = blocks_prefix(container, blob, set);
  auto end = prefix + '\x7f';  // above every base64 character
  std::vector<Block> blocks;
  for (const auto& row : TRY(store.scan(store::Table::Rows, prefix, end, SIZE_MAX))) {
    auto id = BlockId::parse(std::string_view(row.key).substr(prefix.size()));
    if (!id) return fail(Code::Corrupt, "A stored block has an id that cannot be.");
    const auto value = TRY(open(keys, {store::Table::Rows, row.key}, row.value));
    CborReader reader(as_bytes(value));
    blocks.push_back({std::move(*id), TRY(read_piece(reader))});
  }
  return blocks;
}

}  // namespace vitrine::blobs
