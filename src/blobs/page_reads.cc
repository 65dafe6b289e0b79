#include <algorithm>

#include "blobs/pages.h"

namespace vitrine::blobs {
namespace {

const Pages* pages_of(const BlobHead& head) {
  return std::get_if<Pages>(&head.layout);
}

std::uint64_t layer_of(const BlobHead& head, bool is_past) {
  return is_past ? content_point(head) : kNow;
}

/// Intervals that meet become one.
void join(std::vector<Interval>& ranges, const Interval& next) {
  if (!ranges.empty() && ranges.back().end == next.begin)
    ranges.back().end = next.end;
  else
    ranges.push_back(next);
}

Result<std::vector<PageRow>> data_rows(PageLayers& layers, std::uint64_t from, Interval& range,
                                       std::size_t most = SIZE_MAX) {
  auto rows = TRY(layers.resolve(from, kNow, range, most));
  std::erase_if(rows, [](const PageRow& row) { return !row.piece; });
  return rows;
}

void add_difference(std::vector<PageDifference>& out, const Interval& pages, bool is_cleared) {
  bool goes_on = !out.empty() && out.back().is_cleared == is_cleared && out.back().pages.end == pages.begin;
  if (goes_on)
    out.back().pages.end = pages.end;
  else
    out.push_back({pages, is_cleared});
}

}  // namespace

Result<PageRows> PageRows::open(const store::Store& store, const keys::DataKeys& keys,
                                const ContainerId& container, const BlobHead& head, bool is_past,
                                const Interval& range) {
  auto layers = TRY(PageLayers::open(store, keys, container, pages_of(head)->rows));
  return PageRows(std::move(layers), layer_of(head, is_past), range);
}

Result<PageRows::Window> PageRows::next() {
  Window window{.range = left_, .rows = {}};
  window.rows = TRY(data_rows(layers_, from_, window.range, kMostRowsAtOnce));
  left_.begin = window.range.end;
  return window;
}

Result<std::vector<Interval>> page_ranges(const store::Store& store, const keys::DataKeys& keys,
                                          const ContainerId& container, const BlobHead& head, bool is_past,
                                          Interval& range) {
  auto layers = TRY(PageLayers::open(store, keys, container, pages_of(head)->rows));
  std::vector<Interval> ranges;
  for (const auto& row : TRY(data_rows(layers, layer_of(head, is_past), range, kMostRowsAtOnce)))
    join(ranges, row.pages);
  return ranges;
}

Result<std::vector<PageDifference>> page_differences(const store::Store& store, const keys::DataKeys& keys,
                                                     const ContainerId& container, const BlobHead& before,
                                                     const BlobHead& head, bool is_past, Interval range) {
  const auto *old_pages = pages_of(before), *new_pages = pages_of(head);
  auto from = content_point(before), to = layer_of(head, is_past);
  if (!old_pages || !new_pages || old_pages->rows != new_pages->rows || from > to)
    return fail(Code::InvalidInput, "Differences are told from an earlier snapshot of the same page blob.");
  std::vector<PageDifference> out;
  if (from == to) return out;
  auto layers = TRY(PageLayers::open(store, keys, container, new_pages->rows));
  std::vector<Interval> changed;
  for (const auto& row : TRY(layers.resolve(from, to - 1, range))) join(changed, row.pages);
  for (auto part : changed) {
    auto rows = TRY(data_rows(layers, to, part));
    auto zeros = gaps(rows, part);
    auto zero = zeros.begin();
    for (const auto& row : rows) {
      for (; zero != zeros.end() && zero->begin < row.pages.begin; ++zero) add_difference(out, *zero, true);
      add_difference(out, row.pages, false);
    }
    for (; zero != zeros.end(); ++zero) add_difference(out, *zero, true);
  }
  return out;
}

}  // namespace vitrine::blobs
