// Append blobs: a row for each block, so that an append costs the same however long the blob is.
// Source: Azure Storage REST, "Append Block".
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "blobs/content_change.h"

namespace vitrine::blobs {

/// Where an append is to begin and how long the blob may become, in bytes.
struct AppendConditions {
  std::optional<std::uint64_t> position;
  std::optional<std::uint64_t> most_size;
};

/// A new, empty append blob.
void make_appended(BlobHead& head);

/// Adds the body at the end; changes the head's size, layout and content root. Precondition: the head is an
/// append blob's. Errors: AppendPositionConditionNotMet, MaxBlobSizeConditionNotMet, BlockCountExceedsLimit,
/// BlobIsSealed; InvalidInput for an empty body.
Result<ContentChange> append(BlobHead& head, const ContainerId& container, const keys::DataKeys& keys,
                             const ArrivedBody& body, const AppendConditions& conditions = {});

/// The pieces that overlap a range, with the blob's byte at which each begins. One seek, then those rows.
/// Precondition: the range is within the head's size. Errors: Corrupt, Unavailable, DeviceFailed.
struct AppendedPiece {
  std::uint64_t begin = 0;
  Piece piece;
};
Result<std::vector<AppendedPiece>> appended_pieces(const store::Store& store, const keys::DataKeys& keys,
                                                   const ContainerId& container, const BlobHead& head,
                                                   const Interval& range);

}  // namespace vitrine::blobs
