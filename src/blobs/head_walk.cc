#include "blobs/head_walk.h"

#include "blobs/expiry.h"
#include "store/key_range.h"

namespace vitrine::blobs {

store::ScanRange HeadWalk::range(const ContainerId& container, std::string_view prefix) {
  auto from = blob_prefix(container, prefix);
  auto to = store::key_after_prefix(from);
  return {store::Table::Heads, std::move(from), std::move(to)};
}

Result<HeadWalk> HeadWalk::open(const store::Store& store, std::shared_ptr<const keys::DataKeys> keys,
                                const ContainerId& container, std::string_view prefix, WalkChoice choice) {
  const auto all = range(container, prefix);
  auto rows = TRY(store.scanner(all.table, all.from, all.to));
  return HeadWalk(std::move(keys), container, choice, std::move(rows));
}

Result<std::optional<FoundState>> HeadWalk::next() {
  for (;;) {
    if (name_) {
      const bool shows_newest_alone = std::exchange(name_->shows_newest_alone, false);
      if (auto past = TRY(shows_newest_alone ? newest_version() : next_past())) return past;
      rows_.seek(key_behind_name(container_, name_->name));
      auto last = TRY(current_state(std::move(name_->name), std::move(name_->state)));
      name_.reset();
      if (last) return last;
    }
    auto row = TRY(rows_.next());
    if (!row) return std::optional<FoundState>();
    auto key = TRY(parse_head_key(row->key));
    if (key.past)
      rows_.seek(key_behind_name(container_, key.name));
    else if (auto state = TRY(begin_name(std::move(key.name), *row)))
      return state;
  }
}

Result<std::optional<FoundState>> HeadWalk::begin_name(std::string name, const store::EntryView& row) {
  TRY(vitrine::blobs::open(*keys_, row, opened_));
  auto state = TRY(decode_name_state(opened_));
  auto start = std::exchange(start_, std::nullopt);
  if (start && start->name != name) start.reset();
  // A marker at a snapshot is behind the newest version, which was shown before.
  const bool is_behind_newest = start && start->past && start->past->kind == PastKind::Snapshot;
  const bool shows_newest_alone =
      choice_.deleted_with_versions && !choice_.versions && !state.head && !is_behind_newest;
  const bool has_past = state.history && (choice_.snapshots || choice_.versions || shows_newest_alone);
  if (!has_past || (start && start->at_current)) return current_state(std::move(name), std::move(state));
  name_ = Current{std::move(name), std::move(state), {}, shows_newest_alone};
  auto first_kind = choice_.snapshots ? PastKind::Snapshot : PastKind::Version;
  if (start && start->past)
    seek_past(start->past->kind, start->past->moment);
  else
    seek_past(first_kind, {});
  return std::optional<FoundState>();
}

Result<std::optional<FoundState>> HeadWalk::next_past() {
  for (;;) {
    auto row = TRY(rows_.next());
    auto prefix = past_prefix(container_, name_->name, *name_->state.history, name_->kind);
    if (!row || !row->key.starts_with(prefix)) {
      if (name_->kind == PastKind::Version || !choice_.versions) return std::optional<FoundState>();
      seek_past(PastKind::Version, {});
      continue;
    }
    auto key = TRY(parse_head_key(row->key));
    TRY(vitrine::blobs::open(*keys_, *row, opened_));
    auto head = TRY(decode_blob(opened_));
    if (!TRY(shows(head))) continue;
    return std::optional(FoundState{std::move(key.name), key.past->id, std::move(head)});
  }
}

void HeadWalk::seek_past(PastKind kind, Moment from) {
  name_->kind = kind;
  auto target = to_bytes(as_bytes(past_prefix(container_, name_->name, *name_->state.history, kind)));
  append_be64(target, from.ticks());
  rows_.seek(as_text(target));
}

/// Behind it come the snapshots that were chosen.
Result<std::optional<FoundState>> HeadWalk::newest_version() {
  seek_past(PastKind::Version, {});
  const auto prefix = past_prefix(container_, name_->name, *name_->state.history, PastKind::Version);
  std::optional<FoundState> newest;
  for (;;) {
    auto row = TRY(rows_.next());
    if (!row || !row->key.starts_with(prefix)) break;
    auto key = TRY(parse_head_key(row->key));
    TRY(vitrine::blobs::open(*keys_, *row, opened_));
    auto head = TRY(decode_blob(opened_));
    if (TRY(shows(head))) newest = FoundState{std::move(key.name), key.past->id, std::move(head), true};
  }
  if (choice_.snapshots) seek_past(PastKind::Snapshot, {});
  return newest ? newest : TRY(next_past());
}

Result<bool> HeadWalk::shows(const BlobHead& head) const {
  if (head.deletion)
    return (choice_.deleted || choice_.only_deleted) && choice_.now < head.deletion->kept_until;
  return !choice_.only_deleted && !TRY(is_expired(head.attributes, choice_.now));
}

Result<std::optional<FoundState>> HeadWalk::current_state(std::string name, NameState state) const {
  if (!state.head || !TRY(shows(*state.head))) return std::optional<FoundState>();
  return std::optional(FoundState{std::move(name), std::nullopt, std::move(*state.head)});
}

void HeadWalk::seek(const WalkPosition& position) {
  name_.reset();
  start_.reset();
  if (position.past || position.at_current) start_ = position;
  rows_.seek(blob_prefix(container_, position.name));
}

}  // namespace vitrine::blobs
