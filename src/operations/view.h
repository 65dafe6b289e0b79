// The state that an operation looks at, with the guards that hold as long as it does.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "blobs/conditions.h"
#include "blobs/name_state.h"
#include "blobs/uncommitted.h"
#include "operations/floors.h"

namespace vitrine::operations {

/// Names a container, or a blob in it.
struct ContainerRef {
  identity::AccountName account;
  blobs::ContainerName container;
};
struct BlobRef {
  identity::AccountName account;
  blobs::ContainerName container;
  blobs::BlobName blob;
  std::optional<blobs::PastId> past{};  ///< a snapshot or version of it; none: the blob itself
};

policy::Resource resource(const ContainerRef& ref);
policy::Resource resource(const BlobRef& ref);

/// As records name a snapshot or version; empty for the blob itself.
std::string version_of(const BlobRef& ref);

/// For Turns.
std::string turn_name(const ContainerRef& ref);
std::string turn_name(const BlobRef& ref);

/// A container as it was found, or its absence.
struct ContainerView {
  std::optional<blobs::ContainerHead> head;
  std::optional<blobs::Lease> lease;  ///< the last that was taken, also when it is over
  std::vector<store::Guard> guards;
  std::shared_ptr<const keys::DataKeys> keys;  ///< of the account

  [[nodiscard]] std::optional<blobs::State> state(Timestamp now) const;
  /// The error to answer when there is none.
  [[nodiscard]] static Error not_found();
};
/// Errors: Corrupt, DeviceFailed; Unavailable when the account's keys were destroyed.
Result<ContainerView> look_up(const Floors& floors, const ContainerRef& ref);

/// A blob, or a snapshot of it, as it was found; or its absence or its container's.
struct BlobView {
  std::shared_ptr<const blobs::ContainerHead> container;  ///< null: there is none
  std::shared_ptr<const blobs::BlobHead> head;            ///< null: there is none, or it is gone
  std::shared_ptr<const blobs::BlobHead> current;  ///< of the blob itself; the head unless that is past
  /// What lies under the name, or of the past state, and is deleted or expired.
  std::shared_ptr<const blobs::BlobHead> gone, gone_past;
  std::optional<blobs::Lease> lease;      ///< as of a container; a snapshot has none
  std::optional<blobs::History> history;  ///< of the name, also where the blob was deleted
  std::vector<store::Guard> guards;       ///< of the container, the blob, the snapshot
  std::shared_ptr<const keys::DataKeys> keys;

  [[nodiscard]] std::optional<blobs::State> state(Timestamp now) const;
  [[nodiscard]] bool is_past() const { return head != current; }
  /// Content can be read and written under the key from here on.
  void bring(const blobs::CustomerKeyPtr& key);
  /// What is missing, container or blob; nothing when both are there.
  [[nodiscard]] std::optional<Error> missing() const;
};
/// The account's keys, and the customer's where the request brings one. Errors: as for a container.
Result<std::shared_ptr<const keys::DataKeys>> keys_for(const Floors& floors,
                                                       const identity::AccountName& account,
                                                       const blobs::CustomerKeyPtr& key);
/// Errors: as for a container.
Result<BlobView> look_up(const Floors& floors, const BlobRef& ref);

/// A blob's set of uncommitted blocks; the guard says whether there is one, and which.
struct UncommittedView {
  std::optional<blobs::UncommittedSet> set;
  store::Guard guard;
  store::Untouched blocks;  ///< that none was put since
};
Result<UncommittedView> look_up_uncommitted(const store::Store& store, const keys::DataKeys& keys,
                                            const blobs::ContainerId& container, const blobs::BlobName& blob);

}  // namespace vitrine::operations
