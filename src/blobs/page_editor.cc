#include "blobs/page_editor.h"

#include "blobs/sealed.h"
#include "crypto/mac.h"

namespace vitrine::blobs {

void PageEditor::erase(std::uint64_t layer, const PageRow& row) {
  writes_[page_key(container_, rows_, layer, row.pages.end).bytes] = std::nullopt;
  count(row, -1);
}

void PageEditor::put(std::uint64_t layer, const PageRow& row) {
  writes_[page_key(container_, rows_, layer, row.pages.end).bytes] = row;
  count(row, 1);
}

void PageEditor::put_first(const PageRow& row) {
  writes_[page_key(container_, rows_, kNow, row.pages.end).bytes] = row;
}

void PageEditor::count(const PageRow& row, int holders) {
  if (!row.piece) return;
  auto& counted = holders_[body_of(container_, *row.piece)];
  counted.piece = *row.piece;
  counted.more += holders;
}

void PageEditor::replace(const std::vector<PageRow>& rows, const Interval& range,
                         const std::optional<PageRow>& instead, std::optional<std::uint64_t> newest_past,
                         const std::vector<Interval>& untouched) {
  if (newest_past)
    for (const auto& part : untouched) retain(rows, part, *newest_past);
  for (const auto& row : rows) {
    erase(kNow, row);
    if (row.pages.begin < range.begin) put(kNow, row.within({row.pages.begin, range.begin}));
    if (row.pages.end > range.end) put(kNow, row.within({range.end, row.pages.end}));
  }
  if (instead) put_first(*instead);
}

void PageEditor::retain(const std::vector<PageRow>& rows, const Interval& range, std::uint64_t layer) {
  for (const auto& row : rows)
    if (row.pages.overlaps(range)) put(layer, row.within(range));
  for (const auto& zero : gaps(rows, range)) put(layer, {.pages = zero, .piece = {}, .from = 0});
}

void PageEditor::finish(ContentChange& change) && {
  for (auto& [key, row] : writes_) {
    store::Key place{store::Table::Rows, key};
    if (row)
      change.writes.push_back(seal(keys_, std::move(place), encode_page_row(*row)));
    else
      change.writes.push_back({std::move(place), std::nullopt});
  }
  std::vector<Piece> dropped;
  for (const auto& [body, holders] : holders_) {
    for (int more = 0; more < holders.more; ++more) change.shares.push_back(*body);
    for (int less = -1; less > holders.more; --less) change.lost.push_back(*body);
    if (holders.more < 0) dropped.push_back(holders.piece);
  }
  drop(change, dropped);
}

/// One holder of each moves to a content of its own that no head names.
void PageEditor::drop(ContentChange& change, const std::vector<Piece>& pieces) const {
  if (pieces.empty()) return;
  const Generation content{crypto::random_number()};
  std::uint64_t end = 0;
  for (const auto& piece : pieces)
    change.writes.push_back(
        seal(keys_, appended_key(container_, content, end += piece.length), encode_appended(piece)));
  change.ended.push_back(EndedContent{content});
}

}  // namespace vitrine::blobs
