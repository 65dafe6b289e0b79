#include "ledger/journal_eraser.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/dropped_records.h"

namespace vitrine::ledger {
namespace {

using tlog::kTileWidth;

/// The record with the facets closed; nothing when they were.
Result<std::optional<Bytes>> closed(ConstBytes entry, const evidence::ErasedFacets& facets) {
  auto record = TRY(evidence::decode_shown(entry));
  for (auto kind : evidence::kFacetKinds)
    if (facets.contains(kind)) evidence::close(kind, record);
  auto bytes = evidence::encode_shown(record);
  if (std::ranges::equal(bytes, entry)) return std::nullopt;
  return std::optional(std::move(bytes));
}

/// The first bundle from `from` on of which a record is named.
std::optional<std::uint64_t> next_named(const evidence::RecordRanges& records, std::uint64_t from) {
  const auto range = std::ranges::find_if(
      records, [from](const evidence::RecordRange& each) { return each.last / kTileWidth >= from; });
  if (range == records.end()) return std::nullopt;
  return std::max(from, range->first / kTileWidth);
}

}  // namespace

Task<Result<void>> JournalEraser::close_facets() {
  Result<void> done;
  auto left = at_a_time_;
  for (auto& row : CO_TRY(pending_erasures(*store_))) {
    if (left == 0) break;
    if (closed_.contains(row.key.bytes)) continue;
    const auto is_closed = co_await close_some(row, left);
    if (!is_closed && done) done = std::unexpected(is_closed.error());
    if (!is_closed || !*is_closed) continue;
    next_bundle_.erase(row.key.bytes);
    closed_.emplace(std::move(row.key.bytes), std::move(row.erasure));
  }
  co_return done;
}

/// Whether all of it is closed now.
Task<Result<bool>> JournalEraser::close_some(const PendingErasureRow& row, unsigned& left) {
  auto& next = next_bundle_[row.key.bytes];
  for (auto bundle = next_named(row.erasure.records, next); bundle;
       bundle = next_named(row.erasure.records, next)) {
    if (left == 0) co_return false;
    --left;
    CO_TRY(co_await close_bundle(row.erasure, *bundle));
    next = *bundle + 1;
  }
  co_return true;
}

/// A file of records that the store still has is what a crash left before the store forgot them: it is
/// written anew when they are moved again.
Task<Result<void>> JournalEraser::close_bundle(const PendingErasure& erasure, std::uint64_t bundle) {
  if (bundle * kTileWidth < store_->journal_front(erasure.stream)) co_return close_in_file(erasure, bundle);
  CO_TRY(files_.remove(erasure.stream, tlog::BundleId{.index = bundle}));
  co_return co_await close_in_store(erasure, bundle);
}

Task<Result<void>> JournalEraser::close_in_store(const PendingErasure& erasure, std::uint64_t bundle) {
  auto index = bundle * kTileWidth;
  std::vector<store::JournalRewrite> rewrites;
  for (const auto& record : CO_TRY(store_->scan_journal(erasure.stream, index, kTileWidth))) {
    const bool is_named = contains(erasure.records, index);
    const auto bytes = is_named ? CO_TRY(closed(as_bytes(record.bytes), erasure.facets)) : std::nullopt;
    if (bytes) rewrites.push_back({erasure.stream, index, record.leaf, std::string(as_text(*bytes))});
    ++index;
  }
  if (!rewrites.empty()) CO_TRY(co_await ledger_->close_facets(std::move(rewrites)));
  co_return Result<void>{};
}

Result<void> JournalEraser::close_in_file(const PendingErasure& erasure, std::uint64_t bundle) {
  const tlog::BundleId id{.index = bundle};
  auto read = files_.read(erasure.stream, id);
  if (!read && read.error().code == Code::ResourceNotFound &&
      bundle * kTileWidth < TRY(dropped_below(*store_, erasure.stream)))
    return {};
  const auto file = TRY(std::move(read));
  const auto entries = tlog::split_bundle(file, kTileWidth);
  if (!entries)
    return fail(Code::Corrupt,
                fmt::format("The file journals/{}/{} is damaged: {}", JournalFiles::folder(erasure.stream),
                            path(id), entries.error().message));
  Bytes rewritten;
  for (std::uint64_t i = 0; i < kTileWidth; ++i) {
    const bool is_named = contains(erasure.records, bundle * kTileWidth + i);
    const auto bytes = is_named ? TRY(closed((*entries)[i], erasure.facets)) : std::nullopt;
    TRY(tlog::append_entry(rewritten, bytes ? ConstBytes(*bytes) : (*entries)[i]));
  }
  // Also when nothing is changed: an earlier try may have failed before its file was durable.
  return files_.write(erasure.stream, id, rewritten);
}

Task<Result<void>> JournalEraser::clear_traces() {
  const auto done = closed_;
  std::vector<store::Write> writes;
  for (const auto& [key, erasure] : done) {
    CO_TRY(co_await store_->erase_journal_traces(erasure.stream, erasure.records.front().first,
                                                 erasure.records.back().last));
    writes.push_back({{store::Table::State, key}, std::nullopt});
  }
  CO_TRY(co_await ledger_->write_seal(std::move(writes), {}));
  for (const auto& [key, erasure] : done) closed_.erase(key);
  co_return Result<void>{};
}

}  // namespace vitrine::ledger
