// What an account keeps of a state that makes way for another or is deleted: versions, and deleted states
// that may be restored.
// Source: Azure Storage, "Soft delete for blobs", "Blob versioning"; REST, "Delete Blob", "Undelete Blob".
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "blobs/past.h"

namespace vitrine::blobs {

/// What the operator sets: who has versions, and for how long deleted containers are kept.
struct KeepingSettings {
  bool all_versioned = false;
  std::set<std::string, std::less<>> versioned_accounts;
  std::chrono::days containers{0};  ///< 0: a deleted container is gone

  [[nodiscard]] bool versions(std::string_view account) const {
    return all_versioned || versioned_accounts.contains(account);
  }
};

/// What holds for an account at a time.
struct Keeping {
  Timestamp now;
  bool versions = false;                         ///< a state that makes way becomes a version
  std::optional<std::chrono::days> retention{};  ///< of what is deleted; none: it is gone
};

/// Whether a deleted state may still be restored.
bool is_restorable(const Deletion& deletion, Timestamp now);

/// The current state makes way for another: it becomes a version, or else a deleted snapshot while the
/// account keeps those, or it ends. What was deleted before becomes a deleted snapshot, kept as long as it
/// was to be. The name is left without a head. Errors, here and of deletions: BlobImmutableDueToPolicy where
/// a state that is protected would not stay; those of the store.
Result<ContentChange> give_way(const NameView& name, const Keeping& keeping);

/// The current state goes on, under a version id of its own, and what it was is a version. Precondition:
/// there is a head, which is not deleted.
Kept begin_version(const NameView& name, Timestamp now);

/// The current state is deleted: it becomes a version, or stays as deleted, or ends. Precondition: there is a
/// head, which is not deleted.
Result<ContentChange> delete_current(const NameView& name, const Keeping& keeping);
/// The same, and all snapshots are deleted with it. The changes belong into one commit.
Result<std::vector<ContentChange>> delete_with_snapshots(const NameView& name, const Keeping& keeping);
/// The snapshots that are not deleted yet are.
Result<ContentChange> delete_snapshots(const NameView& name, const Keeping& keeping);
/// A past state is deleted.
Result<ContentChange> delete_past(const NameView& name, const PastId& past, const PastView& view,
                                  const Keeping& keeping);
/// Whether there are snapshots that are not deleted. Errors: those of the store.
Result<bool> has_snapshots(const NameView& name);

/// The current state and all past ones that are deleted, and may be restored, are as before. Returns nothing
/// when there is none. Errors: those of the store.
Result<std::optional<ContentChange>> restore(const NameView& name, Timestamp now);

/// One of the deleted or expired states whose time is over ends; nothing when there is none. Errors: those of
/// the store.
Result<std::optional<ContentChange>> end_expired(const NameView& name, Timestamp now);

}  // namespace vitrine::blobs
