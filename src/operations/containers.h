// Use cases on containers. Every one decides, records and answers; each also fails with PolicyDenied and the
// store's errors.
#pragma once

#include <string>
#include <vector>

#include "blobs/access_list.h"
#include "operations/view.h"

namespace vitrine::operations {

/// What a change answers.
struct Changed {
  blobs::ETag etag;
  Timestamp last_modified;
  std::optional<blobs::Moment> version{};  ///< of a blob that has versions: its id
};

struct CreateContainer {
  ContainerRef container;
  blobs::Metadata metadata;
  blobs::PublicAccess level = blobs::PublicAccess::None;
};
/// Errors: ContainerAlreadyExists.
Task<Result<Changed>> create_container(const Floors& floors, policy::Exchange& exchange,
                                       const CreateContainer& request);

struct DeleteContainer {
  ContainerRef container;
  blobs::Conditions conditions;
};
/// One commit, whatever the container holds; it may be restored while the operator keeps those. Errors:
/// ContainerNotFound, ConditionNotMet, BlobImmutableDueToPolicy.
Task<Result<void>> delete_container(const Floors& floors, policy::Exchange& exchange,
                                    const DeleteContainer& request);

struct ReadContainer {
  ContainerRef container;
  blobs::Conditions conditions{};  ///< of a lease alone
};
/// Errors: ContainerNotFound, those of conditions.
Task<Result<blobs::ContainerHead>> get_container_properties(const Floors& floors, policy::Exchange& exchange,
                                                            const ReadContainer& request);

/// The same, on record as a read of the metadata.
Task<Result<blobs::ContainerHead>> get_container_metadata(const Floors& floors, policy::Exchange& exchange,
                                                          const ReadContainer& request);
/// The same, on record as a read of the access list.
Task<Result<blobs::ContainerHead>> get_container_acl(const Floors& floors, policy::Exchange& exchange,
                                                     const ReadContainer& request);

struct SetContainerMetadata {
  ContainerRef container;
  blobs::Metadata metadata;
  blobs::Conditions conditions;
};
/// Errors: ContainerNotFound, ConditionNotMet.
Task<Result<Changed>> set_container_metadata(const Floors& floors, policy::Exchange& exchange,
                                             const SetContainerMetadata& request);

/// Replaces the access list.
struct SetContainerAcl {
  ContainerRef container;
  blobs::PublicAccess level = blobs::PublicAccess::None;
  std::vector<identity::StoredPolicy> policies;
  blobs::Conditions conditions;
};
/// What is public is so for the purpose that this was done for. The ETag is a new one. Errors:
/// ContainerNotFound, ConditionNotMet.
Task<Result<Changed>> set_container_acl(const Floors& floors, policy::Exchange& exchange,
                                        const SetContainerAcl& request);

struct ListContainers {
  identity::AccountName account;
  std::string prefix;
  std::string marker;  ///< from the page before; empty at the start
  std::size_t most = 5000;
  bool include_deleted = false;  ///< also those that may be restored
};
struct DeletedListing {
  blobs::Deletion deletion;
  blobs::Moment version;  ///< tells those of one name apart
};
struct ListedContainer {
  std::string name;
  blobs::ContainerHead head;
  blobs::PublicAccess level = blobs::PublicAccess::None;
  std::optional<DeletedListing> deleted{};
};
struct ContainerPage {
  std::vector<ListedContainer> containers;
  std::string next_marker;  ///< empty at the end
};
/// Errors: OutOfRangeInput for a marker that no page gave out.
Task<Result<ContainerPage>> list_containers(const Floors& floors, policy::Exchange& exchange,
                                            const ListContainers& request);

}  // namespace vitrine::operations
