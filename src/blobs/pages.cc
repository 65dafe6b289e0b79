#include "blobs/pages.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/cbor.h"
#include "blobs/page_editor.h"
#include "blobs/sealed.h"
#include "crypto/mac.h"

namespace vitrine::blobs {
namespace {

/// What a leaf of a page blob's tree says was done.
enum class Act : std::uint8_t { Write = 0, Clear = 1, Resize = 2 };

/// One change more: so the content root says how the content came about, without reading it.
void note(BlobHead& head, Act act, const Interval& pages, const Piece* piece) {
  CborWriter leaf;
  leaf.array(4).unsigned_int(static_cast<std::uint64_t>(act)).unsigned_int(pages.begin);
  leaf.unsigned_int(pages.length());
  if (piece)
    leaf.bytes(piece->digest);
  else
    leaf.null();
  auto& changes = std::get<Pages>(head.layout).changes;
  changes.append(tlog::leaf_hash(leaf.view()));
  head.content_root = changes.root();
}

Generation rows_of(const PageBlob& blob) {
  return std::get<Pages>(blob.head.layout).rows;
}

/// Replaces what lies in the range.
Result<ContentChange> overwrite(const PageBlob& blob, Interval range, const std::optional<PageRow>& instead) {
  auto rows = rows_of(blob);
  ContentChange change;
  change.untouched.push_back(
      {{store::Table::Rows, holder_prefix(blob.container, rows)}, blob.store.version()});
  auto layers = TRY(PageLayers::open(blob.store, blob.keys, blob.container, rows));
  auto newest_past = TRY(holder_before(blob.store, blob.container, rows, kNow));
  std::vector<Interval> untouched;
  const auto there = TRY(layers.layer(kNow, range, SIZE_MAX));
  if (newest_past) untouched = gaps(TRY(layers.resolve(*newest_past, kNow - 1, range)), range);
  PageEditor editor(blob.keys, blob.container, rows);
  editor.replace(there, range, instead, newest_past, untouched);
  std::move(editor).finish(change);
  return change;
}

Result<void> check_size(std::uint64_t size) {
  if (size % kPageBytes == 0 && size <= kMostPageBlob) return {};
  return fail(Code::OutOfRangeInput, "The size of a page blob is a multiple of 512 bytes, up to 8 TiB.");
}

}  // namespace

Result<void> check_pages(const Interval& pages, std::uint64_t size) {
  bool whole = pages.begin % kPageBytes == 0 && pages.end % kPageBytes == 0 && !pages.empty();
  if (whole && pages.end <= size) return {};
  return fail(Code::InvalidPageRange,
              fmt::format("The range must be of whole pages of 512 bytes within the blob's {}.", size));
}

Result<void> make_pages(BlobHead& head, std::uint64_t size) {
  TRY(check_size(size));
  head.layout = Pages{.rows = {crypto::random_number()}};
  head.size = size;
  note(head, Act::Resize, {0, size}, nullptr);
  return {};
}

Result<ContentChange> write_pages(const PageBlob& blob, const Interval& pages, const ArrivedBody& body) {
  TRY(check_pages(pages, blob.head.size));
  if (pages.length() != body.piece.length || pages.length() > kMostPageWrite)
    return fail(Code::InvalidPageRange, "A write of pages is as long as its range, and at most 4 MiB.");
  auto change = TRY(overwrite(blob, pages, PageRow{.pages = pages, .piece = body.piece, .from = 0}));
  body.adopt_into(change.adopts, change.writes, blob.container, blob.keys);
  note(blob.head, Act::Write, pages, &body.piece);
  return change;
}

Result<ContentChange> clear_pages(const PageBlob& blob, const Interval& pages) {
  TRY(check_pages(pages, blob.head.size));
  auto change = TRY(overwrite(blob, pages, std::nullopt));
  note(blob.head, Act::Clear, pages, nullptr);
  return change;
}

Result<ContentChange> resize_pages(const PageBlob& blob, std::uint64_t size) {
  TRY(check_size(size));
  ContentChange change;
  if (size < blob.head.size) change = TRY(clear_pages(blob, {size, blob.head.size}));
  blob.head.size = size;
  note(blob.head, Act::Resize, {0, size}, nullptr);
  return change;
}

Result<std::optional<PageRun>> find_run(const PageBlob& blob, std::uint64_t from, std::uint64_t bytes) {
  auto rows = rows_of(blob);
  auto first = page_key(blob.container, rows, kNow, from + 1).bytes;
  auto end = page_key(blob.container, rows, kNow, kNow).bytes;
  std::optional<PageRun> run;
  for (const auto& entry : TRY(blob.store.scan(store::Table::Rows, first, end, kMostRowsAtOnce))) {
    auto value = TRY(open(blob.keys, {store::Table::Rows, entry.key}, entry.value));
    auto row = TRY(decode_page_row(value, TRY(parse_content_key(entry.key)).end));
    bool goes_on = run && row.pages.begin == run->pages.end && row.pages.end - run->pages.begin <= bytes;
    if (!goes_on && run && run->guards.size() > 1) return run;
    if (!goes_on) run = PageRun{.pages = {row.pages.begin, row.pages.begin}, .guards = {}};
    run->pages.end = row.pages.end;
    run->guards.push_back(entry.guard(store::Table::Rows));
  }
  if (run && run->guards.size() < 2) run.reset();
  return run;
}

Result<ContentChange> replace_run(const PageBlob& blob, const PageRun& run, const ArrivedBody& body) {
  if (run.pages.length() != body.piece.length)
    return fail(Code::Internal, "A merged run of pages is not as long as its rows.");
  auto rows = rows_of(blob);
  auto layers = TRY(PageLayers::open(blob.store, blob.keys, blob.container, rows));
  auto range = run.pages;
  auto there = TRY(layers.layer(kNow, range, kMostRowsAtOnce));
  if (range != run.pages || there.size() != run.guards.size())
    return fail(Code::StateChanged, "The pages were written meanwhile.");
  ContentChange change{.guards = run.guards};
  // A write that was prepared before knows the rows that go.
  change.touches.push_back({store::Table::Rows, holder_prefix(blob.container, rows)});
  PageEditor editor(blob.keys, blob.container, rows);
  editor.replace(there, range, PageRow{.pages = range, .piece = body.piece, .from = 0}, std::nullopt, {});
  std::move(editor).finish(change);
  body.adopt_into(change.adopts, change.writes, blob.container, blob.keys);
  return change;
}

}  // namespace vitrine::blobs
