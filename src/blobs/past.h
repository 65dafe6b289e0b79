// Versions and snapshots: how a state comes to lie behind the current one, and how it goes.
#pragma once

#include "blobs/content_change.h"
#include "blobs/name_state.h"

namespace vitrine::blobs {

/// A name as it was found. Its row's guard is the caller's business, as is the write of the changed state.
struct NameView {
  const store::Store& store;
  const keys::DataKeys& keys;
  const ContainerId& container;
  const BlobName& blob;
  NameState& state;
};

/// The current state as a snapshot, without its lease; the name's state gets the history that it belongs to.
/// With metadata of its own it also has a tag and time of its own. Costs the same whatever the blob's size.
/// Precondition: there is a head.
struct Kept {
  ContentChange change;
  PastId past;
  BlobHead head;  ///< as it was kept
};
Kept take_snapshot(const NameView& name, Timestamp now, const Metadata& metadata = {});
/// The current head becomes a snapshot, and the name is left without a head.
Kept keep_as_snapshot(const NameView& name, Timestamp now);
/// The current head becomes a version, under the id that it has or a new one; the name is left without a
/// head.
Kept keep_as_version(const NameView& name, Timestamp now);

/// A past state. Errors: BlobNotFound, Corrupt, Unavailable, those of the store.
struct PastView {
  BlobHead head;
  store::Guard guard;
};
Result<PastView> look_up_past(const NameView& name, const PastId& past);

/// The past state goes; with the last one of a name without a head its history goes too. Errors: those of the
/// store.
Result<ContentChange> end_past(const NameView& name, const PastId& past, const PastView& view);

/// All snapshots but those that are deleted already go, at once: costs what they are, not what they hold.
/// Errors: those of the store.
Result<ContentChange> end_snapshots(const NameView& name);

/// The current content goes, because another one takes its place or the blob is deleted. What a past state
/// needs of it stays. Errors: those of the store.
Result<ContentChange> end_current(const NameView& name);

/// The whole name goes: the current head and, in the background, all its past states.
Result<ContentChange> end_name(const NameView& name);

/// Whether any past state is left. Errors: those of the store.
Result<bool> has_past(const NameView& name);

}  // namespace vitrine::blobs
