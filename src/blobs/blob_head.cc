#include "blobs/blob_head.h"

#include "blobs/head_coding.h"

namespace vitrine::blobs {
namespace {

constexpr std::uint64_t kFormat = 1;
constexpr std::uint64_t kOnePiece = 0, kBlocks = 1, kAppended = 2, kPages = 3;

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

void write_frontier(CborWriter& writer, const tlog::Frontier& tree) {
  writer.array(1 + tree.peaks().size()).unsigned_int(tree.size());
  for (const auto& peak : tree.peaks()) writer.bytes(peak);
}

Result<tlog::Frontier> read_frontier(CborReader& reader) {
  constexpr std::size_t kMostPeaks = 64;
  auto items = TRY(reader.array_up_to(1 + kMostPeaks));
  if (items == 0) return fail(Code::Corrupt, "A stored tree has no size.");
  auto size = TRY(reader.unsigned_int());
  std::vector<tlog::Digest> peaks(items - 1);
  for (auto& peak : peaks) peak = TRY(read_array<32>(reader));
  return tlog::Frontier::from_peaks(size, std::move(peaks));
}

struct LayoutWriter {
  CborWriter& writer;

  void operator()(const Piece& piece) const {
    writer.unsigned_int(kOnePiece);
    write_piece(writer, piece);
  }
  void operator()(const BlockList& blocks) const {
    writer.unsigned_int(kBlocks).array(2).unsigned_int(blocks.list.value).unsigned_int(blocks.count);
  }
  void operator()(const AppendedBlocks& appended) const {
    writer.unsigned_int(kAppended).array(3).unsigned_int(appended.rows.value);
    write_frontier(writer, appended.blocks);
    writer.boolean(appended.sealed);
  }
  void operator()(const Pages& pages) const {
    writer.unsigned_int(kPages).array(3).unsigned_int(pages.rows.value);
    write_frontier(writer, pages.changes);
    writer.unsigned_int(pages.sequence_number);
  }
};

Result<AppendedBlocks> read_appended(CborReader& reader) {
  TRY(reader.array(3));
  return AppendedBlocks{.rows = {TRY(reader.unsigned_int())},
                        .blocks = TRY(read_frontier(reader)),
                        .sealed = TRY(reader.boolean())};
}

Result<Pages> read_pages(CborReader& reader) {
  TRY(reader.array(3));
  return Pages{.rows = {TRY(reader.unsigned_int())},
               .changes = TRY(read_frontier(reader)),
               .sequence_number = TRY(reader.unsigned_int())};
}

Result<decltype(BlobHead::layout)> read_layout(CborReader& reader) {
  switch (TRY(reader.unsigned_int())) {
    case kOnePiece:
      return TRY(read_piece(reader));
    case kBlocks: {
      TRY(reader.array(2));
      BodyNumber list{TRY(reader.unsigned_int())};
      auto count = TRY(reader.unsigned_int());
      if (count > kMostBlocks) return fail(Code::Corrupt, "A blob has more blocks than it can.");
      return BlockList{list, static_cast<std::uint32_t>(count)};
    }
    case kAppended:
      return TRY(read_appended(reader));
    case kPages:
      return TRY(read_pages(reader));
    default:
      return fail(Code::Corrupt, "A blob's layout is of unknown kind.");
  }
}

void write_deletion(CborWriter& writer, const std::optional<Deletion>& deletion) {
  if (!deletion) {
    writer.null();
    return;
  }
  writer.array(2).integer(to_micros(deletion->deleted)).integer(to_micros(deletion->kept_until));
}

Result<std::optional<Deletion>> read_deletion(CborReader& reader) {
  if (reader.skip_null()) return std::optional<Deletion>();
  TRY(reader.array(2));
  Deletion deletion{.deleted = TRY(read_time(reader)), .kept_until = TRY(read_time(reader))};
  return std::optional(deletion);
}

}  // namespace

std::string encode_blob(const BlobHead& head) {
  CborWriter writer;
  writer.array(13)
      .unsigned_int(kFormat)
      .integer(to_micros(head.created))
      .integer(to_micros(head.last_modified));
  writer.unsigned_int(head.etag.number()).unsigned_int(head.size);
  write_content(writer, head.content);
  write_metadata(writer, head.metadata);
  writer.bytes(head.content_root);
  write_moment(writer, head.version);
  write_deletion(writer, head.deletion);
  std::visit(LayoutWriter{writer}, head.layout);
  write_attributes(writer, head.attributes);
  return std::string(as_text(writer.view()));
}

Result<BlobHead> decode_blob(std::string_view bytes) {
  CborReader reader(as_bytes(bytes));
  TRY(reader.array(13));
  if (TRY(reader.unsigned_int()) != kFormat)
    return fail(Code::Corrupt, "A blob's head has an unknown format.");
  BlobHead head{.created = TRY(read_time(reader)),
                .last_modified = TRY(read_time(reader)),
                .etag = TRY(read_etag(reader)),
                .size = TRY(reader.unsigned_int()),
                .content = TRY(read_content(reader)),
                .metadata = TRY(read_metadata(reader)),
                .content_root = TRY(read_array<32>(reader)),
                .version = TRY(read_moment(reader)),
                .deletion = TRY(read_deletion(reader)),
                .layout = TRY(read_layout(reader)),
                .attributes = TRY(read_attributes(reader))};
  TRY(reader.end());
  return head;
}

std::optional<BodyNumber> inline_body_of(const BlobHead& head) {
  auto* piece = std::get_if<Piece>(&head.layout);
  auto* number = piece && piece->length > 0 ? std::get_if<BodyNumber>(&piece->place) : nullptr;
  return number ? std::optional(*number) : std::nullopt;
}

}  // namespace vitrine::blobs
