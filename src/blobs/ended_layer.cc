#include "blobs/ended_layer.h"

#include "blobs/page_editor.h"
#include "blobs/page_layers.h"
#include "blobs/pages.h"
#include "blobs/sealed.h"

namespace vitrine::blobs {
namespace {

/// One step's way through the layer.
class LayerEnd {
 public:
  LayerEnd(const store::Store& store, const keys::DataKeys& keys, const ContainerId& container,
           const EndedLayer& ended, std::optional<std::uint64_t> still_held, PageLayers layers)
      : store_(store),
        keys_(keys),
        container_(container),
        ended_(ended),
        still_held_(still_held),
        layers_(std::move(layers)),
        editor_(keys, container, ended.rows) {}

  /// Of a layer without damage; false when no row is left. Errors: Corrupt, and nothing was done.
  Result<bool> take_together() {
    Interval range{0, kNow};
    const auto rows = TRY(layers_.layer(ended_.point, range, kMostRowsAtOnce));
    if (rows.empty()) return false;
    range.begin = rows.front().pages.begin;
    const auto known = TRY(known_before(range));
    for (const auto& row : rows) {
      if (row.pages.begin >= range.end) break;
      hand_down(row, known, range);
    }
    return true;
  }

  /// The same one row after the other, past those that have to stay.
  Result<bool> take_one_by_one(RowWalk& walk) {
    const auto first = page_key(container_, ended_.rows, ended_.point, 0).bytes;
    const auto end = page_key(container_, ended_.rows, ended_.point, kNow).bytes;
    const auto rows = TRY(store_.scan(store::Table::Rows, walk.from(first), end, kRowsOneByOne));
    for (const auto& stored : rows) {
      const auto row = TRY(walk.if_readable(decode(stored), stored.key));
      if (!row) continue;
      auto range = row->pages;
      const auto known = TRY(walk.if_readable(known_before(range), stored.key));
      if (!known) continue;
      hand_down(*row, *known, range);
      if (range.end < row->pages.end) break;
    }
    return !rows.empty();
  }

  void finish(ContentChange& change) && { std::move(editor_).finish(change); }

 private:
  /// Each looks into the layers below.
  static constexpr std::size_t kRowsOneByOne = 500;

  [[nodiscard]] Result<PageRow> decode(const store::Entry& row) const {
    const auto end = TRY(parse_content_key(row.key)).end;
    return decode_page_row(TRY(open(keys_, {store::Table::Rows, row.key}, row.value)), end);
  }
  /// What the next older past state finds in the range before it comes to this layer; the range may be cut.
  Result<std::vector<PageRow>> known_before(Interval& range) {
    if (!still_held_) return std::vector<PageRow>();
    return layers_.resolve(*still_held_, ended_.point - 1, range, kMostRowsAtOnce);
  }
  void hand_down(const PageRow& row, const std::vector<PageRow>& known, const Interval& range) {
    editor_.erase(ended_.point, row);
    if (still_held_)
      for (const auto& part : gaps(known, row.pages.within(range)))
        editor_.put(*still_held_, row.within(part));
    if (row.pages.end > range.end) editor_.put(ended_.point, row.within({range.end, row.pages.end}));
  }

  const store::Store& store_;
  const keys::DataKeys& keys_;
  const ContainerId& container_;
  const EndedLayer& ended_;
  const std::optional<std::uint64_t> still_held_;  ///< the point of the next older past state
  PageLayers layers_;
  PageEditor editor_;
};

}  // namespace

Result<std::optional<ContentChange>> end_layer(const store::Store& store, const keys::DataKeys& keys,
                                               const ContainerId& container, const EndedLayer& ended,
                                               RowWalk& walk) {
  ContentChange change;
  change.untouched.push_back({{store::Table::Rows, holder_prefix(container, ended.rows)}, store.version()});
  const auto still_held = TRY(holder_before(store, container, ended.rows, ended.point + 1));
  if (still_held == ended.point) return std::optional<ContentChange>();
  LayerEnd end(store, keys, container, ended, still_held,
               TRY(PageLayers::open(store, keys, container, ended.rows)));
  auto taken = walk.is_whole() ? end.take_together() : end.take_one_by_one(walk);
  if (!taken && walk.is_whole() &&
      (taken.error().code == Code::Corrupt || taken.error().code == Code::ContentDestroyed))
    taken = end.take_one_by_one(walk);
  if (!TRY(std::move(taken))) return std::optional<ContentChange>();
  std::move(end).finish(change);
  return std::optional(std::move(change));
}

}  // namespace vitrine::blobs
