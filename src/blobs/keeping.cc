#include "blobs/keeping.h"

#include <algorithm>

#include "blobs/expiry.h"
#include "blobs/immutability.h"
#include "blobs/lease.h"
#include "blobs/sealed.h"
#include "store/key_range.h"

namespace vitrine::blobs {
namespace {

/// A past state, with the id under which its row lies.
struct FoundPast {
  PastId id;
  PastView view;
};

Result<std::vector<FoundPast>> find_past(const NameView& name, const std::string& prefix) {
  std::vector<FoundPast> found;
  for (const auto& row :
       TRY(name.store.scan(store::Table::Heads, prefix, store::key_after_prefix(prefix), SIZE_MAX))) {
    const auto past = TRY(parse_head_key(row.key)).past;
    if (!past) return fail(Code::Corrupt, "A past state's key has no moment.");
    const store::Key key{store::Table::Heads, row.key};
    found.push_back(
        {past->id,
         {.head = TRY(decode_blob(TRY(open(name.keys, key, row.value)))), .guard = row.guard(key.table)}});
  }
  return found;
}

Result<std::vector<FoundPast>> find_snapshots(const NameView& name) {
  if (!name.state.history) return std::vector<FoundPast>();
  return find_past(name,
                   past_prefix(name.container, name.blob.text(), *name.state.history, PastKind::Snapshot));
}

Result<std::vector<FoundPast>> find_all(const NameView& name) {
  if (!name.state.history) return std::vector<FoundPast>();
  return find_past(name, past_prefix(name.container, name.blob.text(), *name.state.history));
}

Deletion deletion_of(const Keeping& keeping) {
  return {.deleted = keeping.now, .kept_until = keeping.now + *keeping.retention};
}

/// Guarded by itself; nobody else may have made or ended past states of the name since.
void write_past(ContentChange& change, const NameView& name, const FoundPast& past, const BlobHead& head) {
  change.guards.push_back(past.view.guard);
  change.writes.push_back(
      seal(name.keys, past_key(name.container, name.blob, *name.state.history, past.id), encode_blob(head)));
}

void note_change_of_past(ContentChange& change, const NameView& name) {
  auto changed = past_name(name.container, name.blob);
  change.untouched.push_back({changed, name.store.version()});
  change.touches.push_back(std::move(changed));
}

/// Errors: BlobImmutableDueToPolicy, those of the store.
Result<void> check_snapshots_mutable(const NameView& name, Timestamp now) {
  for (const auto& each : TRY(find_snapshots(name))) TRY(check_mutable(each.view.head.attributes, now));
  return {};
}

/// The deleted head becomes a past state, with the deletion that it has.
ContentChange keep_deleted(const NameView& name, Timestamp now) {
  auto kept = keep_as_snapshot(name, now);
  kept.change.retained.push_back({name.blob.text(), kept.head.deletion->kept_until});
  return std::move(kept.change);
}

/// Without a head and past states there is no history. Errors: those of the store.
Result<void> drop_idle_history(const NameView& name) {
  if (!name.state.head && name.state.history && !TRY(has_past(name))) name.state.history.reset();
  return {};
}

/// Past states stay. Errors: those of the store.
Result<ContentChange> end_current_alone(const NameView& name) {
  auto change = TRY(end_current(name));
  TRY(drop_idle_history(name));
  return change;
}

/// When the blob goes with its snapshots.
bool stays_behind(const FoundPast& past) {
  return past.id.kind == PastKind::Version || past.view.head.deletion;
}

bool is_over(const BlobHead& head, Timestamp now) {
  return head.deletion && !is_restorable(*head.deletion, now);
}

}  // namespace

bool is_restorable(const Deletion& deletion, Timestamp now) {
  return now < deletion.kept_until;
}

Result<ContentChange> give_way(const NameView& name, const Keeping& keeping) {
  auto& head = name.state.head;
  if (!head) return ContentChange();
  if (head->deletion) {
    if (!is_restorable(*head->deletion, keeping.now)) return end_current(name);
    return keep_deleted(name, keeping.now);
  }
  if (TRY(is_expired(head->attributes, keeping.now))) return end_current(name);
  // A version stays one, whether or not there will be others.
  if (keeping.versions || head->version) return keep_as_version(name, keeping.now).change;
  TRY(check_mutable(head->attributes, keeping.now));
  if (!keeping.retention) return end_current(name);
  head->deletion = deletion_of(keeping);
  return keep_deleted(name, keeping.now);
}

Kept begin_version(const NameView& name, Timestamp now) {
  auto head = *name.state.head;
  auto kept = keep_as_version(name, now);
  head.version = Moment::next(now, name.state.latest());
  name.state.head = std::move(head);
  if (const auto* piece = std::get_if<Piece>(&name.state.head->layout))
    if (auto body = body_of(name.container, *piece)) kept.change.shares.push_back(std::move(*body));
  return kept;
}

Result<ContentChange> delete_current(const NameView& name, const Keeping& keeping) {
  TRY(check_mutable(name.state.head->attributes, keeping.now));
  if (keeping.versions) return keep_as_version(name, keeping.now).change;
  if (!keeping.retention) return end_current_alone(name);
  auto& head = *name.state.head;
  head.deletion = deletion_of(keeping);
  set_attribute(head.attributes, std::optional<Lease>());
  ContentChange change;
  change.retained.push_back({name.blob.text(), head.deletion->kept_until});
  return change;
}

Result<std::vector<ContentChange>> delete_with_snapshots(const NameView& name, const Keeping& keeping) {
  std::vector<ContentChange> changes;
  if (keeping.versions || keeping.retention) {
    // In this order: what the snapshots share with the current state is not theirs alone.
    changes.push_back(TRY(delete_snapshots(name, keeping)));
    changes.push_back(TRY(delete_current(name, keeping)));
    return changes;
  }
  TRY(check_mutable(name.state.head->attributes, keeping.now));
  TRY(check_snapshots_mutable(name, keeping.now));
  const auto past = TRY(find_all(name));
  if (std::ranges::none_of(past, stays_behind)) {
    changes.push_back(TRY(end_name(name)));
    return changes;
  }
  // In this order: what the current state shares with the snapshots ends with them.
  changes.push_back(TRY(end_current(name)));
  changes.push_back(TRY(end_snapshots(name)));
  return changes;
}

Result<ContentChange> delete_snapshots(const NameView& name, const Keeping& keeping) {
  TRY(check_snapshots_mutable(name, keeping.now));
  if (!keeping.retention) return end_snapshots(name);
  ContentChange change;
  note_change_of_past(change, name);
  for (const auto& each : TRY(find_snapshots(name))) {
    auto head = each.view.head;
    if (head.deletion) continue;
    head.deletion = deletion_of(keeping);
    write_past(change, name, each, head);
  }
  change.retained.push_back({name.blob.text(), keeping.now + *keeping.retention});
  return change;
}

Result<ContentChange> delete_past(const NameView& name, const PastId& past, const PastView& view,
                                  const Keeping& keeping) {
  TRY(check_mutable(view.head.attributes, keeping.now));
  if (!keeping.retention) return end_past(name, past, view);
  ContentChange change;
  note_change_of_past(change, name);
  auto head = view.head;
  head.deletion = deletion_of(keeping);
  write_past(change, name, {past, view}, head);
  change.retained.push_back({name.blob.text(), head.deletion->kept_until});
  return change;
}

Result<bool> has_snapshots(const NameView& name) {
  for (const auto& each : TRY(find_snapshots(name)))
    if (!each.view.head.deletion) return true;
  return false;
}

Result<std::optional<ContentChange>> restore(const NameView& name, Timestamp now) {
  ContentChange change;
  note_change_of_past(change, name);
  bool any = false;
  auto& current = name.state.head;
  if (current && current->deletion && is_restorable(*current->deletion, now)) {
    current->deletion.reset();
    any = true;
  }
  for (const auto& each : TRY(find_all(name))) {
    auto head = each.view.head;
    if (!head.deletion || !is_restorable(*head.deletion, now)) continue;
    head.deletion.reset();
    write_past(change, name, each, head);
    any = true;
  }
  if (!any) return std::optional<ContentChange>();
  return std::optional(std::move(change));
}

Result<std::optional<ContentChange>> end_expired(const NameView& name, Timestamp now) {
  const auto& head = name.state.head;
  if (head && (is_over(*head, now) || (!head->deletion && TRY(is_expired(head->attributes, now)))))
    return std::optional(TRY(end_current_alone(name)));
  for (const auto& each : TRY(find_all(name)))
    if (is_over(each.view.head, now)) return std::optional(TRY(end_past(name, each.id, each.view)));
  return std::optional<ContentChange>();
}

}  // namespace vitrine::blobs
