#include "blobs/content_rows.h"

#include "blobs/head_coding.h"
#include "store/key_range.h"

namespace vitrine::blobs {
namespace {

using Kind = ContentKey::Kind;
/// Container, NUL, content number: NUL, because no name begins with it.
constexpr std::size_t kPrefixBytes = sizeof(ContainerId) + 1 + 8;
constexpr std::size_t kHolderBytes = kPrefixBytes + 1 + 8 + 1 + 8;
constexpr std::size_t kAppendedBytes = kPrefixBytes + 1 + 8;
constexpr std::size_t kPageBytes = kPrefixBytes + 1 + 8 + 8;

Bytes prefix_bytes(const ContainerId& container, Generation rows) {
  Bytes key(container.begin(), container.end());
  key.push_back(0);
  append_be64(key, rows.value);
  return key;
}

Bytes kind_prefix(const ContainerId& container, Generation rows, Kind kind) {
  auto key = prefix_bytes(container, rows);
  key.push_back(static_cast<std::uint8_t>(kind));
  return key;
}

store::Key row_key(const Bytes& bytes) {
  return {store::Table::Rows, std::string(as_text(bytes))};
}

}  // namespace

PageRow PageRow::within(const Interval& range) const {
  auto part = pages.within(range);
  return {.pages = part, .piece = piece, .from = piece ? from + (part.begin - pages.begin) : 0};
}

std::optional<Generation> content_number(const BlobHead& head) {
  if (auto* blocks = std::get_if<BlockList>(&head.layout)) return Generation{blocks->list.value};
  if (auto* appended = std::get_if<AppendedBlocks>(&head.layout)) return appended->rows;
  if (auto* pages = std::get_if<Pages>(&head.layout)) return pages->rows;
  return std::nullopt;
}

std::uint64_t content_point(const BlobHead& head) {
  if (auto* appended = std::get_if<AppendedBlocks>(&head.layout)) return appended->blocks.size();
  if (auto* pages = std::get_if<Pages>(&head.layout)) return pages->changes.size();
  return 0;
}

std::string content_prefix(const ContainerId& container, Generation rows) {
  return std::string(as_text(prefix_bytes(container, rows)));
}

std::string holder_prefix(const ContainerId& container, Generation rows) {
  return std::string(as_text(kind_prefix(container, rows, Kind::Holder)));
}

std::string holder_prefix(const ContainerId& container, Generation rows, std::uint64_t point) {
  auto key = kind_prefix(container, rows, Kind::Holder);
  append_be64(key, ~point);
  return std::string(as_text(key));
}

store::Key holder_key(const ContainerId& container, Generation rows, std::uint64_t point,
                      const PastId& past) {
  auto key = to_bytes(as_bytes(holder_prefix(container, rows, point)));
  key.push_back(static_cast<std::uint8_t>(past.kind));
  append_be64(key, past.moment.ticks());
  return row_key(key);
}

Result<std::optional<std::uint64_t>> holder_before(const store::Store& store, const ContainerId& container,
                                                   Generation rows, std::uint64_t point) {
  if (point == 0) return std::optional<std::uint64_t>();
  auto from = holder_prefix(container, rows, point - 1);
  auto end = store::key_after_prefix(holder_prefix(container, rows));
  auto found = TRY(store.scan(store::Table::Rows, from, end, 1));
  if (found.empty()) return std::optional<std::uint64_t>();
  return std::optional(TRY(parse_content_key(found[0].key)).layer);
}

store::Key appended_key(const ContainerId& container, Generation rows, std::uint64_t end) {
  auto key = kind_prefix(container, rows, Kind::Appended);
  append_be64(key, end);
  return row_key(key);
}

std::string encode_appended(const Piece& piece) {
  CborWriter writer;
  write_piece(writer, piece);
  return std::string(as_text(writer.view()));
}

Result<Piece> decode_appended(std::string_view bytes, std::uint64_t end) {
  CborReader reader(as_bytes(bytes));
  auto piece = TRY(read_piece(reader));
  TRY(reader.end());
  if (piece.length == 0 || piece.length > end)
    return fail(Code::Corrupt, "An appended block cannot end where its row says.");
  return piece;
}

store::Key page_key(const ContainerId& container, Generation rows, std::uint64_t layer, std::uint64_t end) {
  auto key = kind_prefix(container, rows, Kind::Page);
  append_be64(key, layer);
  append_be64(key, end);
  return row_key(key);
}

std::string encode_page_row(const PageRow& row) {
  CborWriter writer;
  writer.array(3).unsigned_int(row.pages.begin).unsigned_int(row.from);
  if (row.piece)
    write_piece(writer, *row.piece);
  else
    writer.null();
  return std::string(as_text(writer.view()));
}

Result<PageRow> decode_page_row(std::string_view bytes, std::uint64_t end) {
  CborReader reader(as_bytes(bytes));
  TRY(reader.array(3));
  PageRow row{.pages = {TRY(reader.unsigned_int()), end}, .piece = {}, .from = TRY(reader.unsigned_int())};
  if (!reader.skip_null()) row.piece = TRY(read_piece(reader));
  TRY(reader.end());
  bool whole = !row.pages.empty() && (row.piece ? row.from <= row.piece->length &&
                                                      row.pages.length() <= row.piece->length - row.from
                                                : row.from == 0);
  if (!whole) return fail(Code::Corrupt, "A row of pages is not of the part of a body that it names.");
  return row;
}

Result<ContentKey> parse_content_key(std::string_view key) {
  auto corrupt = [] { return fail(Code::Corrupt, "The key of a content's row is not of any kind."); };
  if (key.size() <= kPrefixBytes) return corrupt();
  auto rest = as_bytes(key).subspan(kPrefixBytes + 1);
  auto kind = static_cast<Kind>(key[kPrefixBytes]);
  auto past = [&] { return static_cast<PastKind>(rest[8]); };
  if (kind == Kind::Holder && key.size() == kHolderBytes &&
      (past() == PastKind::Snapshot || past() == PastKind::Version))
    return ContentKey{kind, ~read_be64(rest), 0};
  if (kind == Kind::Appended && key.size() == kAppendedBytes) return ContentKey{kind, 0, read_be64(rest)};
  if (kind == Kind::Page && key.size() == kPageBytes)
    return ContentKey{kind, read_be64(rest), read_be64(rest.subspan(8))};
  return corrupt();
}

}  // namespace vitrine::blobs
