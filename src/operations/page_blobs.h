// Use cases on page blobs; each also fails with PolicyDenied, ContainerNotFound and the store's errors.
// Source: Azure Storage REST, "Put Blob", "Put Page", "Get Page Ranges".
#pragma once

#include "blobs/pages.h"
#include "blobs/sequence_number.h"
#include "operations/blob_requests.h"

namespace vitrine::operations {

struct CreatePageBlob {
  BlobRef blob;
  std::uint64_t size = 0;  ///< in bytes
  std::uint64_t sequence_number = 0;
  blobs::ContentHeaders content;
  blobs::Metadata metadata;
  blobs::Conditions conditions;
  bool may_overwrite = true;  ///< false: the credential may only create
  std::optional<blobs::Tags> tags{};
  blobs::CustomerKeyPtr key{};  ///< of all that is to be written
  blobs::Lifetime lifetime{};
};
/// All zero, in place of whatever was there. Errors: OutOfRangeInput, those of put_blob().
Task<Result<Changed>> create_page_blob(const Floors& floors, policy::Exchange& exchange,
                                       const CreatePageBlob& request);

struct PutPages {
  BlobRef blob;
  blobs::Interval pages;
  std::optional<std::uint64_t> length;  ///< of the body, when declared
  blobs::TransferChecks checks;
  blobs::Conditions conditions;
  blobs::SequenceConditions sequence;
  blobs::CustomerKeyPtr key{};
  policy::Action action = policy::actions::kPagePut;
};
struct PagesAnswer {
  PutAnswer put;
  std::uint64_t sequence_number = 0;  ///< of the blob
};
/// Costs what lies in the range. Errors: BlobNotFound, InvalidBlobType, InvalidPageRange,
/// SequenceNumberConditionNotMet, those of conditions and of receive().
Task<Result<PagesAnswer>> put_pages(const Floors& floors, policy::Exchange& exchange, const PutPages& request,
                                    blobs::BodyInput& body);

struct ClearPages {
  BlobRef blob;
  blobs::Interval pages;
  blobs::Conditions conditions;
  blobs::SequenceConditions sequence;
  blobs::CustomerKeyPtr key{};
};
/// As put_pages(), and without a bound on the range.
Task<Result<PagesAnswer>> clear_pages(const Floors& floors, policy::Exchange& exchange,
                                      const ClearPages& request);

/// Ranges of one answer at most.
inline constexpr std::size_t kMostPageRanges = 10'000;

struct GetPageRanges {
  BlobRef blob;
  std::optional<AskedRange> range;
  std::string marker;  ///< from the page before; empty at the start
  std::size_t most = kMostPageRanges;
  blobs::Conditions conditions;
};
struct PageRangesAnswer {
  std::shared_ptr<const blobs::BlobHead> head;
  std::vector<blobs::PageDifference> ranges;  ///< in order, of whole pages
  std::string next_marker;                    ///< empty at the end
};
/// What was written and not cleared. Errors: BlobNotFound, InvalidBlobType, InvalidRange, those of
/// conditions; OutOfRangeInput for a marker that no answer gave out.
Task<Result<PageRangesAnswer>> get_page_ranges(const Floors& floors, policy::Exchange& exchange,
                                               const GetPageRanges& request);

struct GetPageDifferences {
  GetPageRanges ranges;
  blobs::Moment previous;  ///< names the snapshot that the differences are told from
};
/// What was written or cleared since a snapshot; costs what changed, not what is there. Errors: as
/// get_page_ranges(); PreviousSnapshotNotFound, PreviousSnapshotCannotBeNewer; BlobOverwritten when the blob
/// was created anew since.
Task<Result<PageRangesAnswer>> get_page_differences(const Floors& floors, policy::Exchange& exchange,
                                                    const GetPageDifferences& request);

}  // namespace vitrine::operations
