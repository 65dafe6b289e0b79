#include "blobs/past.h"

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

Kept keep(const NameView& name, const PastId& past) {
  auto& state = name.state;
  if (!state.history) state.history = {.number = crypto::random_number(), .latest = {}};
  state.history->latest = std::max(state.latest(), past.moment);
  Kept kept{.change = {}, .past = past};
  auto key = past_key(name.container, name.blob, *state.history, past);
  kept.change.writes.push_back(seal(name.keys, std::move(key), encode_blob(*state.head)));
  kept.change.touches.push_back(past_name(name.container, name.blob));
  hold(kept.change, name, *state.head, past);
  return kept;
}

/// What the holders of a content are, besides one that is about to go.
struct Holders {
  bool any = false;
  bool at_point = false;
};
Result<Holders> other_holders(const NameView& name, Generation rows, std::uint64_t point,
                              const std::optional<PastId>& besides) {
  auto scan = [&](const std::string& prefix) -> Result<bool> {
    auto end = store::key_after_prefix(prefix);
    auto gone = besides ? holder_key(name.container, rows, point, *besides).bytes : std::string();
    for (const auto& row : TRY(name.store.scan(store::Table::Rows, prefix, end, 2)))
      if (row.key != gone) return true;
    return false;
  };
  return Holders{.any = TRY(scan(holder_prefix(name.container, rows))),
                 .at_point = TRY(scan(holder_prefix(name.container, rows, point)))};
}

/// A state, current or past, lets go of its content.
Result<void> let_go(ContentChange& change, const NameView& name, const BlobHead& head,
                    const std::optional<PastId>& past, bool is_current_content) {
  if (auto* piece = std::get_if<Piece>(&head.layout)) {
    if (auto body = body_of(name.container, *piece)) change.lost.push_back(std::move(*body));
    return {};
  }
  auto rows = *content_number(head);
  auto point = content_point(head);
  auto holders_key = holders_name(name.container, rows);
  change.untouched.push_back({holders_key, name.store.version()});
  auto others = TRY(other_holders(name, rows, point, past));
  if (past) {
    change.touches.push_back(std::move(holders_key));
    change.writes.push_back({holder_key(name.container, rows, point, *past), std::nullopt});
  }
  const auto* list = std::get_if<BlockList>(&head.layout);
  if (!others.any && !is_current_content && list)
    change.ended_lists.push_back(list->list);
  else if (!others.any && !is_current_content)
    change.ended.push_back(EndedContent{rows});
  else if (past && !others.at_point && std::holds_alternative<Pages>(head.layout))
    change.ended.push_back(EndedLayer{rows, point});
  return {};
}

Result<std::size_t> count_past(const NameView& name, std::size_t most) {
  if (!name.state.history) return 0;
  auto prefix = past_prefix(name.container, name.blob.text(), *name.state.history);
  return TRY(name.store.scan(store::Table::Heads, prefix, store::key_after_prefix(prefix), most)).size();
}

}  // namespace

Kept take_snapshot(const NameView& name, Timestamp now) {
  auto kept = keep(name, {PastKind::Snapshot, Moment::next(now, name.state.latest())});
  if (auto* piece = std::get_if<Piece>(&name.state.head->layout))
    if (auto body = body_of(name.container, *piece)) kept.change.shares.push_back(std::move(*body));
  return kept;
}

Kept keep_as_version(const NameView& name, Timestamp now) {
  auto& head = *name.state.head;
  if (!head.version) head.version = Moment::next(now, name.state.latest());
  auto kept = keep(name, {PastKind::Version, *head.version});
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
  bool is_current = name.state.head && content_number(*name.state.head) == content_number(view.head);
  TRY(let_go(change, name, view.head, past, is_current));
  if (!name.state.head && TRY(count_past(name, 2)) < 2) name.state.history.reset();
  return change;
}

Result<ContentChange> end_current(const NameView& name) {
  ContentChange change;
  TRY(let_go(change, name, *name.state.head, std::nullopt, false));
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
