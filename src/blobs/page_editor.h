// Gathers what one commit does to the rows of a page blob.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "blobs/content_change.h"
#include "blobs/page_layers.h"

namespace vitrine::blobs {

/// Counts for each body how many rows name it before and after. A body that loses one may be read still by
/// who found it there: it goes when nobody does.
class PageEditor {
 public:
  PageEditor(const keys::DataKeys& keys, const ContainerId& container, Generation rows)
      : keys_(keys), container_(container), rows_(rows) {}

  /// A row that is there goes.
  void erase(std::uint64_t layer, const PageRow& row);
  /// A row comes. The later of two changes of one key stands.
  void put(std::uint64_t layer, const PageRow& row);
  /// As put(); the row is the one that its body came with.
  void put_first(const PageRow& row);

  /// Makes the range of the current layer what `instead` says, nothing for zero. `rows` are those that
  /// overlap the range, whole. What the newest past state, if any, still needs of `untouched` goes to its
  /// layer.
  void replace(const std::vector<PageRow>& rows, const Interval& range, const std::optional<PageRow>& instead,
               std::optional<std::uint64_t> newest_past, const std::vector<Interval>& untouched);

  void finish(ContentChange& change) &&;

 private:
  void retain(const std::vector<PageRow>& rows, const Interval& range, std::uint64_t layer);
  void count(const PageRow& row, int holders);
  void drop(ContentChange& change, const std::vector<Piece>& pieces) const;

  const keys::DataKeys& keys_;
  const ContainerId& container_;
  Generation rows_;
  std::map<std::string, std::optional<PageRow>> writes_;
  struct Holders {
    Piece piece;
    int more = 0;  ///< after than before
  };
  std::map<std::optional<store::BodyRef>, Holders> holders_;
};

}  // namespace vitrine::blobs
