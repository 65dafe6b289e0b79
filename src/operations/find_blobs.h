// Finding blobs by their index tags. Errors, also: PolicyDenied, those of the store.
// Source: Azure Storage REST, "Find Blobs by Tags", "Find Blobs by Tags in Container".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "blobs/tag_expression.h"
#include "operations/view.h"

namespace vitrine::operations {

struct FindBlobs {
  identity::AccountName account;
  std::optional<blobs::ContainerName> container;  ///< none: in all of the account's
  blobs::TagSearch search;
  std::string marker;  ///< from the page before; empty at the start
  std::size_t most = 5000;
};
struct FoundBlob {
  std::string container;
  std::string name;
  blobs::Tags tags;  ///< those that the search names
};
struct FoundPage {
  std::vector<FoundBlob> blobs;
  std::string next_marker;  ///< empty at the end
};
/// Current blobs, in the order of the value of one of the tags, then of containers and names. Costs what
/// fits that tag; a page ends early, with a marker, where little of that fits the rest. Sees every change
/// that was answered before. Errors: ContainerNotFound; OutOfRangeInput for a marker that no page gave out.
Task<Result<FoundPage>> find_blobs(const Floors& floors, policy::Exchange& exchange,
                                   const FindBlobs& request);

}  // namespace vitrine::operations
