// Use cases on append blobs; each also fails with PolicyDenied, ContainerNotFound and the store's errors.
// Source: Azure Storage REST, "Put Blob", "Append Block", "Append Blob Seal".
#pragma once

#include "blobs/appended.h"
#include "operations/blob_requests.h"

namespace vitrine::operations {

/// Azure's bound on one block, in bytes.
inline constexpr std::uint64_t kMostAppended = std::uint64_t{100} << 20;

struct CreateAppendBlob {
  BlobRef blob;
  blobs::ContentHeaders content;
  blobs::Metadata metadata;
  blobs::Conditions conditions;
  bool may_overwrite = true;  ///< false: the credential may only create
  std::optional<blobs::Tags> tags{};
  blobs::CustomerKeyPtr key{};  ///< of all that is to be appended
  blobs::Lifetime lifetime{};
};
/// Empty, in place of whatever was there. Errors: those of put_blob().
Task<Result<Changed>> create_append_blob(const Floors& floors, policy::Exchange& exchange,
                                         const CreateAppendBlob& request);

struct AppendBlock {
  BlobRef blob;
  std::optional<std::uint64_t> length;  ///< of the body, when declared
  blobs::TransferChecks checks;
  blobs::Conditions conditions;
  blobs::AppendConditions where;
  blobs::CustomerKeyPtr key{};
  policy::Action action = policy::actions::kAppendBlock;
};
struct AppendAnswer {
  PutAnswer put;
  std::uint64_t offset = 0;  ///< of the block in the blob, in bytes
  std::uint64_t blocks = 0;  ///< that the blob has now
};
/// Costs the same however long the blob is. Errors: BlobNotFound, InvalidBlobType, those of conditions, of
/// blobs::append() and of receive().
Task<Result<AppendAnswer>> append_block(const Floors& floors, policy::Exchange& exchange,
                                        const AppendBlock& request, blobs::BodyInput& body);

struct SealAppendBlob {
  BlobRef blob;
  blobs::Conditions conditions;
  std::optional<std::uint64_t> position;  ///< where the blob must end
};
/// Nothing can be appended from then on. Errors: BlobNotFound, InvalidBlobType,
/// AppendPositionConditionNotMet, those of conditions.
Task<Result<Changed>> seal_append_blob(const Floors& floors, policy::Exchange& exchange,
                                       const SealAppendBlob& request);

}  // namespace vitrine::operations
