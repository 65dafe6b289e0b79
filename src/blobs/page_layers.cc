#include "blobs/page_layers.h"

#include <algorithm>

#include "blobs/sealed.h"
#include "store/key_range.h"

namespace vitrine::blobs {

Result<PageLayers> PageLayers::open(const store::Store& store, const keys::DataKeys& keys,
                                    const ContainerId& container, Generation rows) {
  auto first = page_key(container, rows, 0, 0).bytes;
  auto end =
      store::key_after_prefix(content_prefix(container, rows) + static_cast<char>(ContentKey::Kind::Page));
  return PageLayers(keys, container, rows, TRY(store.scanner(store::Table::Rows, first, end)));
}

Result<std::vector<PageRow>> PageLayers::layer(std::uint64_t layer, Interval& range, std::size_t most) {
  std::vector<PageRow> found;
  if (range.empty()) return found;
  scanner_.seek(page_key(container_, rows_, layer, range.begin + 1).bytes);
  while (auto row = TRY(scanner_.next())) {
    auto key = TRY(parse_content_key(row->key));
    if (key.layer != layer) break;
    auto value = TRY(vitrine::blobs::open(*keys_, {store::Table::Rows, std::string(row->key)}, row->value));
    auto pages = TRY(decode_page_row(value, key.end));
    if (pages.pages.begin >= range.end) break;
    if (found.size() == most) {
      range.end = std::min(range.end, found.back().pages.end);
      break;
    }
    found.push_back(pages);
  }
  return found;
}

Result<std::optional<std::uint64_t>> PageLayers::next_layer(std::uint64_t from) {
  scanner_.seek(page_key(container_, rows_, from, 0).bytes);
  auto row = TRY(scanner_.next());
  if (!row) return std::optional<std::uint64_t>();
  return std::optional(TRY(parse_content_key(row->key)).layer);
}

Result<std::vector<PageRow>> PageLayers::resolve(std::uint64_t first, std::uint64_t last, Interval& range,
                                                 std::size_t most) {
  std::vector<PageRow> resolved;
  std::vector<Interval> open_parts{range};
  for (auto at = TRY(next_layer(first)); at && *at <= last; at = TRY(next_layer(*at + 1))) {
    for (auto part : open_parts) {
      part = part.within(range);
      auto before = part.end;
      auto rows = TRY(layer(*at, part, most));
      if (part.end < before) range.end = part.end;
      for (const auto& row : rows) resolved.push_back(row.within(part));
    }
    std::ranges::sort(resolved, {}, [](const PageRow& row) { return row.pages.begin; });
    open_parts = gaps(resolved, range);
    if (open_parts.empty() || *at == kNow) break;
  }
  // What an earlier layer gave may lie beyond a later cut.
  std::erase_if(resolved, [&](const PageRow& row) { return row.pages.begin >= range.end; });
  for (auto& row : resolved) row = row.within(range);
  return resolved;
}

std::vector<Interval> gaps(const std::vector<PageRow>& rows, const Interval& range) {
  std::vector<Interval> found;
  auto at = range.begin;
  for (const auto& row : rows) {
    if (row.pages.begin >= range.end) break;
    if (row.pages.begin > at) found.push_back({at, row.pages.begin});
    at = std::max(at, row.pages.end);
  }
  if (at < range.end) found.push_back({at, range.end});
  return found;
}

}  // namespace vitrine::blobs
