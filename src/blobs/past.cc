#include "blobs/past.h"

#include <map>
#include <set>

#include "blobs/expiry.h"
#include "blobs/immutability.h"
#include "blobs/lease.h"
#include "blobs/sealed.h"
#include "crypto/mac.h"
#include "store/key_range.h"

namespace vitrine::blobs {
namespace {

store::Key holders_name(const ContainerId& container, Generation rows) {
  return {store::Table::Rows, holder_prefix(container, rows)};
}

/// The content gets a holder more among the past states.
void hold(ContentChange& change, const NameView& name, const BlobHead& head, const PastId& past) {
  auto rows = content_number(head);
  if (!rows) return;
  auto key = holder_key(name.container, *rows, content_point(head), past);
  change.writes.push_back(seal(name.keys, std::move(key), {}));
  change.touches.push_back(holders_name(name.container, *rows));
}

Kept keep(const NameView& name, const PastId& past, BlobHead head) {
  auto& state = name.state;
  if (!state.history) state.history = {.number = crypto::random_number(), .latest = {}};
  state.history->latest = std::max(state.latest(), past.moment);
  // They are of the blob itself.
  set_attribute(head.attributes, std::optional<Lease>());
  set_attribute(head.attributes, std::optional<Expiry>());
  Kept kept{.change = {}, .past = past, .head = std::move(head)};
  auto key = past_key(name.container, name.blob, *state.history, past);
  kept.change.writes.push_back(seal(name.keys, std::move(key), encode_blob(kept.head)));
  kept.change.touches.push_back(past_name(name.container, name.blob));
  hold(kept.change, name, kept.head, past);
  return kept;
}

/// States of one content that let go of it together.
struct Leaving {
  std::set<std::string> holders;               ///< keys of their rows; none of the current state
  std::map<std::uint64_t, BlobHead> by_point;  ///< past states
};

/// Whether any holder is left below the prefix.
Result<bool> is_held(const NameView& name, const std::string& prefix, const Leaving& leaving) {
  const auto end = store::key_after_prefix(prefix);
  for (const auto& row : TRY(name.store.scan(store::Table::Rows, prefix, end, leaving.holders.size() + 1)))
    if (!leaving.holders.contains(row.key)) return true;
  return false;
}

/// What nobody needs any more of a content: all of it, or of its layers those of the leaving states' points.
Result<void> end_unheld(ContentChange& change, const NameView& name, const BlobHead& head,
                        const Leaving& leaving, bool is_current_content) {
  const auto rows = *content_number(head);
  change.untouched.push_back({holders_name(name.container, rows), name.store.version()});
  if (!leaving.holders.empty()) change.touches.push_back(holders_name(name.container, rows));
  for (const auto& holder : leaving.holders)
    change.writes.push_back({{store::Table::Rows, holder}, std::nullopt});
  if (!is_current_content && !TRY(is_held(name, holder_prefix(name.container, rows), leaving))) {
    if (const auto* list = std::get_if<BlockList>(&head.layout))
      change.ended_lists.push_back(list->list);
    else
      change.ended.push_back(EndedContent{rows});
    return {};
  }
  if (!std::holds_alternative<Pages>(head.layout)) return {};
  for (const auto& [point, state] : leaving.by_point)
    if (!TRY(is_held(name, holder_prefix(name.container, rows, point), leaving)))
      change.ended.push_back(EndedLayer{rows, point});
  return {};
}

void let_go_piece(ContentChange& change, const NameView& name, const Piece& piece) {
  if (auto body = body_of(name.container, piece)) change.lost.push_back(std::move(*body));
}

/// Past states let go of their contents.
Result<void> let_go(ContentChange& change, const NameView& name,
                    const std::vector<std::pair<PastId, BlobHead>>& states) {
  std::map<std::uint64_t, Leaving> contents;
  for (const auto& [past, head] : states) {
    if (const auto* piece = std::get_if<Piece>(&head.layout)) {
      let_go_piece(change, name, *piece);
      continue;
    }
    const auto rows = *content_number(head);
    const auto point = content_point(head);
    auto& leaving = contents[rows.value];
    leaving.holders.insert(holder_key(name.container, rows, point, past).bytes);
    leaving.by_point.emplace(point, head);
  }
  const auto current = name.state.head ? content_number(*name.state.head) : std::nullopt;
  for (const auto& [rows, leaving] : contents)
    TRY(end_unheld(change, name, leaving.by_point.begin()->second, leaving, current == Generation{rows}));
  return {};
}

Result<std::size_t> count_past(const NameView& name, std::size_t most) {
  if (!name.state.history) return 0;
  auto prefix = past_prefix(name.container, name.blob.text(), *name.state.history);
  return TRY(name.store.scan(store::Table::Heads, prefix, store::key_after_prefix(prefix), most)).size();
}

}  // namespace

Kept take_snapshot(const NameView& name, Timestamp now, const Metadata& metadata) {
  auto head = *name.state.head;
  unprotect_copy(head.attributes);
  if (!metadata.empty()) {
    head.metadata = metadata;
    head.last_modified = now;
    head.etag = ETag::next(now, head.etag);
  }
  auto kept = keep(name, {PastKind::Snapshot, Moment::next(now, name.state.latest())}, std::move(head));
  if (auto* piece = std::get_if<Piece>(&name.state.head->layout))
    if (auto body = body_of(name.container, *piece)) kept.change.shares.push_back(std::move(*body));
  return kept;
}

Kept keep_as_snapshot(const NameView& name, Timestamp now) {
  auto kept =
      keep(name, {PastKind::Snapshot, Moment::next(now, name.state.latest())}, std::move(*name.state.head));
  name.state.head.reset();
  return kept;
}

Kept keep_as_version(const NameView& name, Timestamp now) {
  auto& head = *name.state.head;
  if (!head.version) head.version = Moment::next(now, name.state.latest());
  auto kept = keep(name, {PastKind::Version, *head.version}, head);
  name.state.head.reset();
  return kept;
}

Result<PastView> look_up_past(const NameView& name, const PastId& past) {
  auto absent = [] { return fail(Code::BlobNotFound, "The specified version or snapshot does not exist."); };
  if (!name.state.history) return absent();
  auto key = past_key(name.container, name.blob, *name.state.history, past);
  auto row = TRY(name.store.look_up(key));
  if (!row.exists()) return absent();
  return PastView{.head = TRY(decode_blob(TRY(open(name.keys, key, row.value)))),
                  .guard = row.guard(key.table)};
}

Result<ContentChange> end_past(const NameView& name, const PastId& past, const PastView& view) {
  ContentChange change{.guards = {view.guard}};
  auto changed = past_name(name.container, name.blob);
  change.untouched.push_back({changed, name.store.version()});
  change.touches.push_back(std::move(changed));
  change.writes.push_back({past_key(name.container, name.blob, *name.state.history, past), std::nullopt});
  TRY(let_go(change, name, {{past, view.head}}));
  if (!name.state.head && TRY(count_past(name, 2)) < 2) name.state.history.reset();
  return change;
}

Result<ContentChange> end_snapshots(const NameView& name) {
  ContentChange change;
  if (!name.state.history) return change;
  const auto changed = past_name(name.container, name.blob);
  change.untouched.push_back({changed, name.store.version()});
  change.touches.push_back(changed);
  std::vector<std::pair<PastId, BlobHead>> states;
  const auto prefix = past_prefix(name.container, name.blob.text(), *name.state.history, PastKind::Snapshot);
  for (const auto& row :
       TRY(name.store.scan(store::Table::Heads, prefix, store::key_after_prefix(prefix), SIZE_MAX))) {
    const auto past = TRY(parse_head_key(row.key)).past;
    if (!past) return fail(Code::Corrupt, "A past state's key has no moment.");
    const store::Key key{store::Table::Heads, row.key};
    auto head = TRY(decode_blob(TRY(open(name.keys, key, row.value))));
    if (head.deletion) continue;
    states.emplace_back(past->id, std::move(head));
    change.guards.push_back(row.guard(key.table));
    change.writes.push_back({key, std::nullopt});
  }
  TRY(let_go(change, name, states));
  return change;
}

Result<ContentChange> end_current(const NameView& name) {
  ContentChange change;
  const auto& head = *name.state.head;
  if (const auto* piece = std::get_if<Piece>(&head.layout))
    let_go_piece(change, name, *piece);
  else
    TRY(end_unheld(change, name, head, {}, false));
  name.state.head.reset();
  return change;
}

Result<ContentChange> end_name(const NameView& name) {
  ContentChange change;
  if (name.state.head) change = TRY(end_current(name));
  if (name.state.history) change.ended.push_back(EndedHistory{name.blob.text(), name.state.history->number});
  name.state.history.reset();
  return change;
}

Result<bool> has_past(const NameView& name) {
  return TRY(count_past(name, 1)) > 0;
}

}  // namespace vitrine::blobs
