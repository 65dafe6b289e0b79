#include "blobs/piece.h"

#include <algorithm>
#include <array>

#include "blobs/head_coding.h"

namespace vitrine::blobs {
namespace {

constexpr std::uint64_t kInBodies = 0, kInSegment = 1;

}  // namespace

std::string body_key(const ContainerId& container, BodyNumber number) {
  std::array<std::uint8_t, sizeof(ContainerId) + sizeof number.value> key;
  std::ranges::copy(container, key.begin());
  write_be64(number.value, key.data() + container.size());
  return std::string(as_text(key));
}

std::optional<store::BodyRef> body_of(const ContainerId& container, const Piece& piece) {
  if (piece.length == 0) return std::nullopt;
  if (const auto* id = std::get_if<store::SegmentId>(&piece.place)) return *id;
  return body_key(container, std::get<BodyNumber>(piece.place));
}

store::Key block_list_key(const ContainerId& container, BodyNumber list) {
  Bytes key(container.begin(), container.end());
  key.push_back(0);
  append_be64(key, list.value);
  return {store::Table::Rows, std::string(as_text(key))};
}

tlog::Digest piece_leaf(const Piece& piece) {
  CborWriter leaf;
  leaf.array(2).unsigned_int(piece.length).bytes(piece.digest);
  return tlog::leaf_hash(leaf.view());
}

tlog::Digest content_root(std::span<const Piece> pieces) {
  tlog::Frontier tree;
  for (const auto& piece : pieces) tree.append(piece_leaf(piece));
  return tree.root();
}

void write_piece(CborWriter& writer, const Piece& piece) {
  writer.array(4).unsigned_int(piece.length).bytes(piece.digest);
  if (auto* number = std::get_if<BodyNumber>(&piece.place))
    writer.unsigned_int(kInBodies).unsigned_int(number->value);
  else
    writer.unsigned_int(kInSegment).bytes(std::get<store::SegmentId>(piece.place));
}

Result<Piece> read_piece(CborReader& reader) {
  TRY(reader.array(4));
  Piece piece{.length = TRY(reader.unsigned_int()), .digest = TRY(read_array<32>(reader)), .place = {}};
  switch (TRY(reader.unsigned_int())) {
    case kInBodies:
      piece.place = BodyNumber{TRY(reader.unsigned_int())};
      return piece;
    case kInSegment:
      piece.place = TRY(read_array<32>(reader));
      return piece;
    default:
      return fail(Code::Corrupt, "A body lies in a place of unknown kind.");
  }
}

std::string encode_blocks(std::span<const Block> blocks) {
  CborWriter writer;
  writer.array(blocks.size());
  for (const auto& block : blocks) {
    writer.array(2).text(block.id.text());
    write_piece(writer, block.piece);
  }
  return std::string(as_text(writer.view()));
}

Result<std::vector<Block>> decode_blocks(std::string_view bytes) {
  CborReader reader(as_bytes(bytes));
  std::vector<Block> blocks;
  for (auto left = TRY(reader.array_up_to(kMostBlocks)); left > 0; --left) {
    TRY(reader.array(2));
    auto id = BlockId::parse(TRY(reader.text()));
    if (!id) return fail(Code::Corrupt, "A stored block list names a block that cannot be.");
    blocks.push_back({std::move(*id), TRY(read_piece(reader))});
  }
  TRY(reader.end());
  return blocks;
}

}  // namespace vitrine::blobs
