// Use cases on blobs: what is asked and what is answered. Every one decides, records and answers; each also
// fails with PolicyDenied, ContainerNotFound and the store's errors.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "blobs/access_tier.h"
#include "blobs/copy_state.h"
#include "blobs/head_walk.h"
#include "blobs/incoming_body.h"
#include "blobs/lifetime.h"
#include "blobs/sequence_number.h"
#include "blobs/tags.h"
#include "operations/asked_range.h"
#include "operations/containers.h"
#include "operations/download.h"
#include "operations/view.h"

namespace vitrine::operations {

/// Azure's bounds on one request's body, in bytes.
inline constexpr std::uint64_t kMostPutBlob = std::uint64_t{5000} << 20;
inline constexpr std::uint64_t kMostPutBlock = std::uint64_t{4000} << 20;
using blobs::kMostBlocks;
/// A body up to this size is read before the decision, which is then made once; a larger one only after it.
inline constexpr std::uint64_t kReadUnseen = std::uint64_t{64} << 10;

struct PutBlob {
  BlobRef blob;
  blobs::ContentHeaders content;
  blobs::Metadata metadata;
  blobs::Conditions conditions;
  std::optional<std::uint64_t> length;  ///< of the body, when declared
  blobs::TransferChecks checks;
  bool may_overwrite = true;                       ///< false: the credential may only create
  std::optional<evidence::Derivation> derivation;  ///< of a result: from what it was made, by which models
  std::vector<policy::Obligation> fulfilled;       ///< obligations that the content fulfils
  std::optional<blobs::Tags> tags{};
  std::optional<blobs::Tier> tier{};
  blobs::CustomerKeyPtr key{};  ///< that the content is to be under
  policy::Action action = policy::actions::kBlobPut;
  std::optional<blobs::CopyState> copied{};  ///< of content that comes from another server
  blobs::Lifetime lifetime{};
};
struct PutAnswer {
  Changed changed;
  std::optional<crypto::Md5Digest> md5;  ///< of the body
};
/// Replaces the content, properties and metadata; discards uncommitted blocks. Decides before a large body is
/// read, and with the commit. Errors: ConditionNotMet, BlobAlreadyExists,
/// AuthorizationPermissionMismatch, those of receive().
Task<Result<PutAnswer>> put_blob(const Floors& floors, policy::Exchange& exchange, const PutBlob& request,
                                 blobs::BodyInput& body);

struct PutBlock {
  BlobRef blob;
  blobs::BlockId id;
  std::optional<std::uint64_t> length;
  blobs::TransferChecks checks;
  blobs::Conditions conditions{};  ///< of a lease alone
  blobs::CustomerKeyPtr key{};     ///< that the block is to be under
  policy::Action action = policy::actions::kBlobPutBlock;
  bool tells_md5 = false;  ///< also where the client sent none
};
/// Errors: InvalidBlobOrBlock when the id's length differs from the others', those of receive().
Task<Result<PutAnswer>> put_block(const Floors& floors, policy::Exchange& exchange, const PutBlock& request,
                                  blobs::BodyInput& body);

/// Where a named block is looked for.
enum class BlockSource { Committed, Uncommitted, Latest };
struct ListedBlock {
  BlockSource source;
  blobs::BlockId id;
};
struct PutBlockList {
  BlobRef blob;
  std::vector<ListedBlock> blocks;
  blobs::ContentHeaders content;
  blobs::Metadata metadata;
  blobs::Conditions conditions;
  bool may_overwrite = true;  ///< false: the credential may only create
  std::optional<blobs::Tags> tags{};
  std::optional<blobs::Tier> tier{};
  blobs::CustomerKeyPtr key{};  ///< of all its blocks
  blobs::Lifetime lifetime{};
};
/// Errors: InvalidBlockList, BlockListTooLong, ConditionNotMet, BlobAlreadyExists,
/// AuthorizationPermissionMismatch.
Task<Result<Changed>> put_block_list(const Floors& floors, policy::Exchange& exchange,
                                     const PutBlockList& request);

struct BlockLists {
  std::vector<blobs::Block> committed;
  std::vector<blobs::Block> uncommitted;
  std::optional<blobs::BlobHead> head;  ///< none while nothing was committed
};
struct GetBlockList {
  BlobRef blob;
  blobs::Conditions conditions;
};
/// Errors: BlobNotFound, those of conditions.
Task<Result<BlockLists>> get_block_list(const Floors& floors, policy::Exchange& exchange,
                                        const GetBlockList& request);

struct GetBlob {
  BlobRef blob;
  std::optional<AskedRange> range;
  blobs::Conditions conditions;
  std::uint64_t most = UINT64_MAX;  ///< bytes that the client can be given in one answer
  blobs::CustomerKeyPtr key{};      ///< that the content is under
  /// Where the blob's size is put when the answer is InvalidRange; null: nobody wants to know.
  std::uint64_t* size_when_out_of_range = nullptr;
};
struct BlobAnswer {
  std::shared_ptr<const blobs::BlobHead> head;
  std::optional<blobs::ByteRange> range;  ///< none: the whole blob
  Download body;
  bool is_past = false;
};
/// Errors: BlobNotFound, BlobArchived, BlobBeingRehydrated, InvalidRange, OutOfRangeInput for a range of more
/// than `most` bytes, ConditionNotMet, NotModified, UnsatisfiableCondition.
Task<Result<BlobAnswer>> get_blob(const Floors& floors, policy::Exchange& exchange, const GetBlob& request);

/// A blob, or a snapshot or version of it.
struct HeadAnswer {
  blobs::BlobHead head;
  bool is_past = false;
};
struct GetBlobProperties {
  BlobRef blob;
  blobs::Conditions conditions;
  blobs::CustomerKeyPtr key{};
};
/// Errors: as get_blob.
Task<Result<HeadAnswer>> get_blob_properties(const Floors& floors, policy::Exchange& exchange,
                                             const GetBlobProperties& request);
/// The same, on record as a read of the metadata.
Task<Result<HeadAnswer>> get_blob_metadata(const Floors& floors, policy::Exchange& exchange,
                                           const GetBlobProperties& request);

struct SetBlobMetadata {
  BlobRef blob;
  blobs::Metadata metadata;
  blobs::Conditions conditions;
  blobs::CustomerKeyPtr key{};
};
/// Errors: BlobNotFound, ConditionNotMet.
Task<Result<Changed>> set_blob_metadata(const Floors& floors, policy::Exchange& exchange,
                                        const SetBlobMetadata& request);

/// Max and Update take the number.
struct SequenceChange {
  blobs::SequenceAction action;
  std::uint64_t number = 0;
};
struct SetBlobProperties {
  BlobRef blob;
  std::optional<blobs::ContentHeaders> content;  ///< all of them at once, or none is changed
  blobs::Conditions conditions;
  std::optional<std::uint64_t> size{};       ///< of a page blob, in bytes
  std::optional<SequenceChange> sequence{};  ///< of a page blob
};
struct PropertiesAnswer {
  Changed changed;
  std::optional<std::uint64_t> sequence_number;  ///< of a page blob
};
/// Errors: BlobNotFound, ConditionNotMet; UnsupportedHeader for a size or sequence number of another blob
/// than a page blob; those of blobs::resize_pages() and blobs::change_sequence_number().
Task<Result<PropertiesAnswer>> set_blob_properties(const Floors& floors, policy::Exchange& exchange,
                                                   const SetBlobProperties& request);

/// What a deletion takes away.
enum class Deleted {
  Blob,  ///< which has no snapshots; or the one snapshot that the request names
  BlobAndSnapshots,
  Snapshots,
};
struct DeleteBlob {
  BlobRef blob;
  Deleted what = Deleted::Blob;
  blobs::Conditions conditions;
  bool is_permanent = false;  ///< the past state is deleted already, and is to go before its time
};
/// Returns whether what went may be restored. Errors: BlobNotFound, SnapshotsPresent, ConditionNotMet,
/// BlobImmutableDueToPolicy; InvalidOperation for the current version by its id, and where nothing may go
/// before its time.
Task<Result<bool>> delete_blob(const Floors& floors, policy::Exchange& exchange, const DeleteBlob& request);

struct ListBlobs {
  ContainerRef container;
  std::string prefix;
  std::string delimiter;  ///< empty: flat
  std::string marker;     ///< from the page before; empty at the start
  std::size_t most = 5000;
  bool include_uncommitted = false;  ///< also blobs of which no block list was committed
  blobs::WalkChoice also{};
  std::string start_from{};  ///< the first name that may be listed; empty: any
  std::string end_before{};  ///< the first name that may not; empty: none
};
/// A blob, or (without head) one that only has uncommitted blocks.
struct ListedBlob {
  std::string name;
  std::optional<blobs::BlobHead> head;
  std::optional<blobs::PastId> past{};  ///< a version or snapshot of it
  bool has_versions_only = false;       ///< the newest version of a blob that was deleted
};
/// Names up to the delimiter that several blobs share.
struct ListedPrefix {
  std::string name;
};
struct BlobPage {
  std::vector<std::variant<ListedBlob, ListedPrefix>> items;  ///< in the order of names
  std::string next_marker;                                    ///< empty at the end
};
/// Costs what the page holds, wherever it begins: prefixes are skipped by seeking. Errors: OutOfRangeInput
/// for a marker that no page gave out.
Task<Result<BlobPage>> list_blobs(const Floors& floors, policy::Exchange& exchange, const ListBlobs& request);

}  // namespace vitrine::operations
