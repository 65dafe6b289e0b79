// What can be asked for: one action per operation, grouped by service.
#pragma once

#include <string_view>

#include "policy/purpose.h"

namespace vitrine::policy {

/// A name that outlives the request (it goes into the record) and the service that it counts as.
struct Action {
  std::string_view name;
  Service service;
};

namespace actions {

inline constexpr Action kServiceList{"service.list-containers", Service::Storage};
inline constexpr Action kServiceProperties{"service.get-properties", Service::Storage};
inline constexpr Action kServiceSetProperties{"service.set-properties", Service::Storage};
inline constexpr Action kUserDelegationKey{"service.get-user-delegation-key", Service::Storage};
inline constexpr Action kAccountInformation{"service.get-account-information", Service::Storage};
inline constexpr Action kServiceBatch{"service.batch", Service::Storage};
inline constexpr Action kServiceFind{"service.find-blobs", Service::Storage};
inline constexpr Action kServiceStatistics{"service.get-stats", Service::Storage};
inline constexpr Action kContainerFind{"container.find-blobs", Service::Storage};
inline constexpr Action kContainerBatch{"container.batch", Service::Storage};
inline constexpr Action kContainerCreate{"container.create", Service::Storage};
inline constexpr Action kContainerRestore{"container.restore", Service::Storage};
inline constexpr Action kContainerDelete{"container.delete", Service::Storage};
inline constexpr Action kContainerProperties{"container.get-properties", Service::Storage};
inline constexpr Action kContainerGetMetadata{"container.get-metadata", Service::Storage};
inline constexpr Action kContainerGetAcl{"container.get-acl", Service::Storage};
inline constexpr Action kContainerSetAcl{"container.set-acl", Service::Storage};
inline constexpr Action kContainerSetMetadata{"container.set-metadata", Service::Storage};
inline constexpr Action kContainerAcquireLease{"container.acquire-lease", Service::Storage};
inline constexpr Action kContainerRenewLease{"container.renew-lease", Service::Storage};
inline constexpr Action kContainerChangeLease{"container.change-lease", Service::Storage};
inline constexpr Action kContainerReleaseLease{"container.release-lease", Service::Storage};
inline constexpr Action kContainerBreakLease{"container.break-lease", Service::Storage};
inline constexpr Action kContainerList{"container.list-blobs", Service::Storage};
inline constexpr Action kBlobPut{"blob.put", Service::Storage};
inline constexpr Action kBlobPutBlock{"blob.put-block", Service::Storage};
inline constexpr Action kBlobPutBlockList{"blob.put-block-list", Service::Storage};
inline constexpr Action kBlobGetBlockList{"blob.get-block-list", Service::Storage};
inline constexpr Action kBlobGet{"blob.get", Service::Storage};
inline constexpr Action kBlobProperties{"blob.get-properties", Service::Storage};
inline constexpr Action kBlobGetMetadata{"blob.get-metadata", Service::Storage};
inline constexpr Action kBlobSetProperties{"blob.set-properties", Service::Storage};
inline constexpr Action kBlobSetMetadata{"blob.set-metadata", Service::Storage};
inline constexpr Action kBlobAcquireLease{"blob.acquire-lease", Service::Storage};
inline constexpr Action kBlobRenewLease{"blob.renew-lease", Service::Storage};
inline constexpr Action kBlobChangeLease{"blob.change-lease", Service::Storage};
inline constexpr Action kBlobReleaseLease{"blob.release-lease", Service::Storage};
inline constexpr Action kBlobBreakLease{"blob.break-lease", Service::Storage};
inline constexpr Action kBlobSnapshot{"blob.snapshot", Service::Storage};
inline constexpr Action kBlobGetTags{"blob.get-tags", Service::Storage};
inline constexpr Action kBlobSetTags{"blob.set-tags", Service::Storage};
inline constexpr Action kBlobSetTier{"blob.set-tier", Service::Storage};
inline constexpr Action kBlobDelete{"blob.delete", Service::Storage};
inline constexpr Action kBlobCopy{"blob.copy", Service::Storage};
inline constexpr Action kBlobCopyFromUrl{"blob.copy-from-url", Service::Storage};
inline constexpr Action kBlobAbortCopy{"blob.abort-copy", Service::Storage};
inline constexpr Action kBlobPutFromUrl{"blob.put-from-url", Service::Storage};
inline constexpr Action kBlobPutBlockFromUrl{"blob.put-block-from-url", Service::Storage};
inline constexpr Action kBlobUndelete{"blob.undelete", Service::Storage};
inline constexpr Action kBlobSetExpiry{"blob.set-expiry", Service::Storage};
inline constexpr Action kBlobSetImmutabilityPolicy{"blob.set-immutability-policy", Service::Storage};
inline constexpr Action kBlobDeleteImmutabilityPolicy{"blob.delete-immutability-policy", Service::Storage};
inline constexpr Action kBlobSetLegalHold{"blob.set-legal-hold", Service::Storage};
inline constexpr Action kAppendCreate{"append.create", Service::Storage};
inline constexpr Action kAppendBlock{"append.append-block", Service::Storage};
inline constexpr Action kAppendBlockFromUrl{"append.append-block-from-url", Service::Storage};
inline constexpr Action kAppendSeal{"append.seal", Service::Storage};
inline constexpr Action kPageCreate{"page.create", Service::Storage};
inline constexpr Action kPagePut{"page.put", Service::Storage};
inline constexpr Action kPagePutFromUrl{"page.put-from-url", Service::Storage};
inline constexpr Action kPageClear{"page.clear", Service::Storage};
inline constexpr Action kPageGetRanges{"page.get-ranges", Service::Storage};
inline constexpr Action kPageGetRangesDiff{"page.get-ranges-diff", Service::Storage};

inline constexpr Action kJobStart{"job.start", Service::Image};
inline constexpr Action kJobList{"job.list", Service::Storage};
inline constexpr Action kJobGet{"job.get", Service::Storage};
inline constexpr Action kJobRecords{"job.list-records", Service::Storage};
inline constexpr Action kJobCancel{"job.cancel", Service::Storage};
inline constexpr Action kJobClose{"job.close", Service::Storage};
inline constexpr Action kImageAnalyze{"image.analyze", Service::Image};
inline constexpr Action kFaceIdentify{"image.identify-faces", Service::Image};

inline constexpr Action kAccountCreate{"account.create", Service::Storage};
inline constexpr Action kKeyCreate{"account.create-key", Service::Storage};
inline constexpr Action kKeyRemove{"account.remove-key", Service::Storage};
inline constexpr Action kDataKeyRotate{"account.rotate-data-key", Service::Storage};
inline constexpr Action kDataKeysDestroy{"account.destroy-data-keys", Service::Storage};
inline constexpr Action kDataKeysRewrap{"account.rewrap-data-keys", Service::Storage};
inline constexpr Action kOperatorKeyRotate{"operator-key.rotate", Service::Storage};
inline constexpr Action kJournalExport{"journal.export", Service::Storage};
inline constexpr Action kJournalRead{"journal.read", Service::Storage};
inline constexpr Action kJournalErase{"journal.erase", Service::Storage};
inline constexpr Action kBackupStart{"backup.start", Service::Storage};
inline constexpr Action kSuspend{"policy.suspend", Service::Storage};
inline constexpr Action kLift{"policy.lift-suspension", Service::Storage};

}  // namespace actions
}  // namespace vitrine::policy
