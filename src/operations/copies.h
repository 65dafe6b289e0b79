// Use cases that make a blob of another one; each also fails with PolicyDenied, ContainerNotFound, those of
// open_source() and of the store.
// Source: Azure Storage REST, "Copy Blob", "Copy Blob From URL", "Put Blob From URL", "Abort Copy Blob".
#pragma once

#include "blobs/copy_state.h"
#include "operations/copy_source.h"

namespace vitrine::operations {

/// Azure's bound on what Copy Blob From URL copies, in bytes.
inline constexpr std::uint64_t kMostCopiedFromUrl = std::uint64_t{256} << 20;

struct CopyBlob {
  BlobRef blob;
  policy::Action action = policy::actions::kBlobCopy;
  blobs::ContentHeaders content{};  ///< where one is empty, and `copies_content`, that of the source
  bool copies_content = true;
  std::optional<blobs::Metadata> metadata{};  ///< none: the source's
  std::optional<blobs::Tags> tags{};
  bool copies_tags = false;
  blobs::Conditions conditions{};
  bool may_overwrite = true;  ///< false: the credential may only create
  std::optional<blobs::Tier> tier{};
  blobs::RehydratePriority priority = blobs::RehydratePriority::Standard;
  bool sealed = false;              ///< of an append blob
  bool keeps_kind = true;           ///< false: a block blob is made, whatever the source is
  std::uint64_t most = UINT64_MAX;  ///< bytes
  blobs::TransferChecks checks{};   ///< of the source's bytes
  std::string told_source{};        ///< what the blob tells of its source; empty: it tells nothing of a copy
  unsigned status = 202;            ///< of the answer, for the record
  blobs::Lifetime lifetime{};
};
/// Gives the properties that are empty those of the source; but for the digest.
void fill_in(blobs::ContentHeaders& content, const blobs::ContentHeaders& source);
struct CopyAnswer {
  Changed changed;
  std::optional<blobs::CopyState> state;
  std::optional<crypto::Md5Digest> md5;  ///< of the bytes, where it is known
};
/// Done at once, whatever the size. Takes the content, properties and metadata of the source, and discards
/// uncommitted blocks. An archived source can be copied to another tier within its account; the copy is then
/// on its way out of the archive. Errors: also InvalidBlobType where a blob of another kind is there,
/// InvalidBlobTier, RequestBodyTooLarge, Md5Mismatch, Crc64Mismatch, those of put_blob().
Task<Result<CopyAnswer>> copy_blob(const Floors& floors, policy::Exchange& exchange, const CopyBlob& request,
                                   CopySource& source);

struct AbortCopy {
  BlobRef blob;
  blobs::Conditions conditions;  ///< of a lease alone
};
/// Copies are done at once, so there is none to be aborted. Errors: BlobNotFound, those of conditions;
/// otherwise always NoPendingCopyOperation.
Task<Result<void>> abort_copy(const Floors& floors, policy::Exchange& exchange, const AbortCopy& request);

}  // namespace vitrine::operations
