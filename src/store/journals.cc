#include "store/journals.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "store/database.h"
#include "store/encoding.h"

namespace vitrine::store {

Result<std::uint64_t> stored_front(const Database& database, std::uint32_t slot) {
  const auto stored = TRY(database.get(Family::Meta, front_key(slot)));
  if (!stored.found()) return std::uint64_t{0};
  return read_integer(stored.bytes());
}

Result<void> Journals::load(const Database& database) {
  std::map<std::uint32_t, Span> spans;
  const auto fronts = database.cursor(Family::Meta, kFrontPrefix, {});
  for (fronts->seek(kFrontPrefix); fronts->valid(); fronts->next()) {
    const auto slot = read_front_key(fronts->key());
    if (!slot) break;
    const auto front = TRY(read_integer(as_bytes(fronts->value())));
    spans[*slot] = {front, front};
  }
  TRY(fronts->status());

  // The slots lie one after the other. Seeking to a front passes over what was trimmed.
  const auto cursor = database.cursor(Family::Journal, {}, {});
  const auto seek = [&](std::uint32_t slot) {
    const auto span = spans.find(slot);
    cursor->seek(as_text(journal_key(slot, span == spans.end() ? 0 : span->second.front)));
  };
  for (seek(0); cursor->valid();) {
    const auto slot = TRY(read_journal_key(as_bytes(cursor->key()))).slot;
    cursor->seek_back(as_text(journal_key(slot, std::numeric_limits<std::uint64_t>::max())));
    if (!cursor->valid()) break;
    spans[slot].size = TRY(read_journal_key(as_bytes(cursor->key()))).index + 1;
    if (slot == std::numeric_limits<std::uint32_t>::max()) break;
    seek(slot + 1);
  }
  TRY(cursor->status());

  staged_ = {spans.begin(), spans.end()};
  changed_.clear();
  std::lock_guard lock(mutex_);
  published_ = std::move(spans);
  return {};
}

Result<void> Journals::check(const JournalTrim& trim) const {
  const auto span = staged_.find(trim.slot);
  const auto size = span == staged_.end() ? 0 : span->second.size;
  if (trim.up_to <= size) return {};
  return fail(Code::OutOfRangeInput, fmt::format("Journal {} has {} records and cannot be trimmed up to {}.",
                                                 trim.slot, size, trim.up_to));
}

Result<void> Journals::check(const JournalRewrite& rewrite) const {
  const auto span = staged_.find(rewrite.slot);
  if (span != staged_.end() && rewrite.index < span->second.size) return {};
  return fail(Code::OutOfRangeInput, fmt::format("Journal {} has no record {} that could be rewritten.",
                                                 rewrite.slot, rewrite.index));
}

std::uint64_t Journals::stage(const JournalRecord& record, Batch& batch) {
  const auto index = staged_[record.slot].size++;
  batch.put(Family::Journal, as_text(journal_key(record.slot, index)), {as_text(record.leaf), record.bytes});
  changed_.push_back(record.slot);
  return index;
}

void Journals::stage(const JournalTrim& trim, Batch& batch) {
  auto& span = staged_[trim.slot];
  if (trim.up_to <= span.front) return;
  batch.erase_range(Family::Journal, as_text(journal_key(trim.slot, span.front)),
                    as_text(journal_key(trim.slot, trim.up_to)));
  batch.put(Family::Meta, front_key(trim.slot), {as_text(store_integer(trim.up_to))});
  span.front = trim.up_to;
  changed_.push_back(trim.slot);
}

void Journals::stage(const JournalRewrite& rewrite, Batch& batch) {
  if (rewrite.index < staged_[rewrite.slot].front) return;
  batch.put(Family::Journal, as_text(journal_key(rewrite.slot, rewrite.index)),
            {as_text(rewrite.leaf), rewrite.bytes});
}

void Journals::publish() {
  std::lock_guard lock(mutex_);
  for (auto slot : changed_) published_[slot] = staged_[slot];
  changed_.clear();
}

JournalSize Journals::of(std::uint32_t slot) const {
  std::lock_guard lock(mutex_);
  const auto found = published_.find(slot);
  if (found == published_.end()) return {.slot = slot};
  return {.slot = slot, .size = found->second.size, .front = found->second.front};
}

std::vector<JournalSize> Journals::all() const {
  std::lock_guard lock(mutex_);
  std::vector<JournalSize> sizes;
  sizes.reserve(published_.size());
  for (const auto& [slot, span] : published_) sizes.push_back({slot, span.size, span.front});
  return sizes;
}

}  // namespace vitrine::store
