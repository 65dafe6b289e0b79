#include "blobs/blob_head.h"

#include "blobs/head_coding.h"

namespace vitrine::blobs {
namespace {

constexpr std::uint64_t kFormat = 1;
constexpr std::uint64_t kOnePiece = 0, kBlocks = 1;
/// Ends the name in a key: no name contains it, so names sort as their bytes do.
constexpr char kEndOfName = '\0';

void write_content(CborWriter& writer, const ContentHeaders& content) {
  writer.array(6);
  for (const auto* text :
       {&content.type, &content.encoding, &content.language, &content.disposition, &content.cache_control})
    writer.bytes(as_bytes(*text));
  if (content.md5)
    writer.bytes(*content.md5);
  else
    writer.null();
}

Result<ContentHeaders> read_content(CborReader& reader) {
  ContentHeaders content;
  TRY(reader.array(6));
  for (auto* text :
       {&content.type, &content.encoding, &content.language, &content.disposition, &content.cache_control})
    *text = as_text(TRY(reader.bytes()));
  if (!reader.skip_null()) content.md5 = TRY(read_array<16>(reader));
  return content;
}

Result<std::variant<Piece, BlockList>> read_layout(CborReader& reader) {
  switch (TRY(reader.unsigned_int())) {
    case kOnePiece:
      return TRY(read_piece(reader));
    case kBlocks: {
      TRY(reader.array(2));
      BodyNumber list{TRY(reader.unsigned_int())};
      return BlockList{list, static_cast<std::uint32_t>(TRY(reader.unsigned_int()))};
    }
    default:
      return fail(Code::Corrupt, "A blob's layout is of unknown kind.");
  }
}

}  // namespace

std::string encode_blob(const BlobHead& head) {
  CborWriter writer;
  writer.array(10)
      .unsigned_int(kFormat)
      .integer(to_micros(head.created))
      .integer(to_micros(head.last_modified));
  writer.unsigned_int(head.etag.number()).unsigned_int(head.size);
  write_content(writer, head.content);
  write_metadata(writer, head.metadata);
  writer.bytes(head.content_root);
  if (auto* piece = std::get_if<Piece>(&head.layout)) {
    writer.unsigned_int(kOnePiece);
    write_piece(writer, *piece);
  } else {
    const auto& blocks = std::get<BlockList>(head.layout);
    writer.unsigned_int(kBlocks).array(2).unsigned_int(blocks.list.value).unsigned_int(blocks.count);
  }
  return std::string(as_text(writer.view()));
}

Result<BlobHead> decode_blob(std::string_view bytes) {
  CborReader reader(as_bytes(bytes));
  TRY(reader.array(10));
  if (TRY(reader.unsigned_int()) != kFormat)
    return fail(Code::Corrupt, "A blob's head has an unknown format.");
  BlobHead head{.created = TRY(read_time(reader)),
                .last_modified = TRY(read_time(reader)),
                .etag = TRY(read_etag(reader)),
                .size = TRY(reader.unsigned_int()),
                .content = TRY(read_content(reader)),
                .metadata = TRY(read_metadata(reader)),
                .content_root = TRY(read_array<32>(reader)),
                .layout = TRY(read_layout(reader))};
  TRY(reader.end());
  return head;
}

std::string blob_prefix(const ContainerId& container, std::string_view prefix) {
  return std::string(as_text(container)) + std::string(prefix);
}

store::Key blob_key(const ContainerId& container, const BlobName& blob) {
  return {store::Table::Heads, blob_prefix(container, blob.text()) + kEndOfName};
}

Result<std::string> blob_name_of(std::string_view key) {
  constexpr auto kIdBytes = sizeof(ContainerId);
  if (key.size() <= kIdBytes || key.back() != kEndOfName)
    return fail(Code::Corrupt, "A head's key has no blob name.");
  return std::string(key.substr(kIdBytes, key.size() - kIdBytes - 1));
}

std::optional<BodyNumber> inline_body_of(const BlobHead& head) {
  auto* piece = std::get_if<Piece>(&head.layout);
  auto* number = piece && piece->length > 0 ? std::get_if<BodyNumber>(&piece->place) : nullptr;
  return number ? std::optional(*number) : std::nullopt;
}

}  // namespace vitrine::blobs
