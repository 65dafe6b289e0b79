// The layers that a page blob's rows lie in.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "blobs/content_rows.h"
#include "keys/data_key.h"
#include "store/store.h"

namespace vitrine::blobs {

/// The rows of one content, as they were when this was opened. In a layer no two rows overlap.
///
/// A past state at point p is, at each byte, what the lowest of the layers p … kNow says that has a row
/// there; where none has one it is zero. Whoever changes a byte puts what was there into the layer of the
/// newest past state, unless a layer from there on has the byte already: so each layer keeps what changed
/// after its point.
class PageLayers {
 public:
  static Result<PageLayers> open(const store::Store& store, const keys::DataKeys& keys,
                                 const ContainerId& container, Generation rows);

  /// To be called before whoever keeps it waits for anything.
  void rest() { scanner_.rest(); }

  /// The rows of a layer that overlap the range, whole, in order. After `most` rows the range is cut at the
  /// last one's end. Errors: Corrupt, Unavailable, DeviceFailed; also of the calls below.
  Result<std::vector<PageRow>> layer(std::uint64_t layer, Interval& range, std::size_t most);
  /// What the layers `first` … `last` say together: at each byte the lowest one that has a row there. The
  /// rows' parts within the range, in order; the range may be cut as above.
  Result<std::vector<PageRow>> resolve(std::uint64_t first, std::uint64_t last, Interval& range,
                                       std::size_t most = SIZE_MAX);

 private:
  PageLayers(const keys::DataKeys& keys, const ContainerId& container, Generation rows,
             store::Scanner scanner)
      : keys_(&keys), container_(container), rows_(rows), scanner_(std::move(scanner)) {}
  /// The first layer from this one on that has any row.
  Result<std::optional<std::uint64_t>> next_layer(std::uint64_t from);

  const keys::DataKeys* keys_;
  ContainerId container_;
  Generation rows_;
  store::Scanner scanner_;
};

/// What of the range no row covers. Precondition: the rows are in order and do not overlap.
std::vector<Interval> gaps(const std::vector<PageRow>& rows, const Interval& range);

}  // namespace vitrine::blobs
