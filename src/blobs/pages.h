// Page blobs: what a write or a clear does to the rows, which ranges hold data, what changed since a
// snapshot. Source: Azure Storage REST, "Put Page", "Get Page Ranges".
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "blobs/content_change.h"
#include "blobs/incoming_body.h"
#include "blobs/page_layers.h"

namespace vitrine::blobs {

inline constexpr std::uint64_t kPageBytes = 512;
inline constexpr std::uint64_t kMostPageWrite = std::uint64_t{4} << 20;
inline constexpr std::uint64_t kMostPageBlob = std::uint64_t{8} << 40;
/// A reader or a background change looks at about so many rows of a layer at a time.
inline constexpr std::size_t kMostRowsAtOnce = 10'000;

/// Whole pages within `size` bytes. Errors: InvalidPageRange.
Result<void> check_pages(const Interval& pages, std::uint64_t size);

/// A new page blob of zeros. Errors: OutOfRangeInput for a size that is not of whole pages or too large.
Result<void> make_pages(BlobHead& head, std::uint64_t size);

/// What a change of pages stands on. The head is a page blob's current one.
struct PageBlob {
  const store::Store& store;
  const keys::DataKeys& keys;
  const ContainerId& container;
  BlobHead& head;
};

/// Makes the body the content of the pages; changes the head's layout and content root. Costs what lay in the
/// range. Errors: InvalidPageRange, also for another length than the body's or more than kMostPageWrite;
/// those of the store.
Result<ContentChange> write_pages(const PageBlob& blob, const Interval& pages, const ArrivedBody& body);
/// Makes the pages zero. However many rows lie there, they go with one commit: nobody sees, and no crash
/// leaves, a part of the range cleared. It costs memory for those rows, about 300 bytes each, and nothing for
/// what was never written. Errors: InvalidPageRange, those of the store.
Result<ContentChange> clear_pages(const PageBlob& blob, const Interval& pages);
/// Gives the blob a new size; what is cut off is cleared with it. Errors: OutOfRangeInput, those of the
/// store.
Result<ContentChange> resize_pages(const PageBlob& blob, std::uint64_t size);

/// What a page blob, or a past state of it, is made of in a range, as it was when this was opened: a few
/// rows at a time, so that a long range costs no memory.
class PageRows {
 public:
  /// Precondition: the range is within the blob. `keys` outlives this. Errors: those of the store; also of
  /// next().
  static Result<PageRows> open(const store::Store& store, const keys::DataKeys& keys,
                               const ContainerId& container, const BlobHead& head, bool is_past,
                               const Interval& range);

  /// The next part of the range and the rows in it, in order; zero where none is. Errors: Corrupt,
  /// Unavailable, DeviceFailed.
  struct Window {
    Interval range;
    std::vector<PageRow> rows;
  };
  Result<Window> next();
  /// To be called before whoever keeps it waits for anything: a recovery of the store then ends it.
  void rest() { layers_.rest(); }
  /// Nothing is left of the range.
  [[nodiscard]] bool at_end() const { return left_.empty(); }

 private:
  PageRows(PageLayers layers, std::uint64_t from, const Interval& range)
      : layers_(std::move(layers)), from_(from), left_(range) {}

  PageLayers layers_;
  std::uint64_t from_;  ///< the state's first layer
  Interval left_;
};

/// Ranges that hold data, joined where they meet; after kMostRowsAtOnce rows `range` is cut behind them.
Result<std::vector<Interval>> page_ranges(const store::Store& store, const keys::DataKeys& keys,
                                          const ContainerId& container, const BlobHead& head, bool is_past,
                                          Interval& range);

/// A range that was written, or cleared, since an earlier state.
struct PageDifference {
  Interval pages;
  bool is_cleared = false;
  friend bool operator==(const PageDifference&, const PageDifference&) = default;
};
/// What changed in a range from the past state `before` to `head`; costs what changed, not what is there.
/// Errors: InvalidInput unless both are of the same content and `before` is the earlier one.
Result<std::vector<PageDifference>> page_differences(const store::Store& store, const keys::DataKeys& keys,
                                                     const ContainerId& container, const BlobHead& before,
                                                     const BlobHead& head, bool is_past, Interval range);

/// Small rows that follow one another without a gap and could be one.
struct PageRun {
  Interval pages;
  std::vector<store::Guard> guards;  ///< that the rows are still these
};
/// The first run of at least two rows from an offset on that are together at most `bytes` long, among the
/// next kMostRowsAtOnce rows; nothing when there is none.
Result<std::optional<PageRun>> find_run(const PageBlob& blob, std::uint64_t from, std::uint64_t bytes);
/// Puts one row in the place of a run; nobody sees a difference. The body holds the run's bytes.
Result<ContentChange> replace_run(const PageBlob& blob, const PageRun& run, const ArrivedBody& body);

}  // namespace vitrine::blobs
