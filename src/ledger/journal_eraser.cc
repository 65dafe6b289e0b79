#include "ledger/journal_eraser.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/dropped_records.h"

namespace vitrine::ledger {
namespace {

using tlog::kTileWidth;

constexpr std::uint64_t kRecordsAtOnce = 1000;

/// The record with the facets closed; nothing when they were.
Result<std::optional<Bytes>> closed(ConstBytes entry, const evidence::ErasedFacets& facets) {
  auto record = TRY(evidence::decode_shown(entry));
  for (auto kind : evidence::kFacetKinds)
    if (facets.contains(kind)) evidence::close(kind, record);
  auto bytes = evidence::encode_shown(record);
  if (std::ranges::equal(bytes, entry)) return std::nullopt;
  return std::optional(std::move(bytes));
}

}  // namespace

Task<Result<void>> JournalEraser::close_facets() {
  for (auto& row : CO_TRY(pending_erasures(*store_))) {
    if (closed_.contains(row.key.bytes)) continue;
    CO_TRY(co_await close(row.erasure));
    closed_.emplace(std::move(row.key.bytes), std::move(row.erasure));
  }
  co_return Result<void>{};
}

Task<Result<void>> JournalEraser::close(const PendingErasure& erasure) {
  for (const auto& range : erasure.records) {
    CO_TRY(close_in_files(erasure, range));
    CO_TRY(co_await close_in_store(erasure, range));
  }
  co_return Result<void>{};
}

Task<Result<void>> JournalEraser::close_in_store(const PendingErasure& erasure,
                                                 const evidence::RecordRange& range) {
  for (auto at = std::max(range.first, store_->journal_front(erasure.stream)); at <= range.last;) {
    const auto records =
        CO_TRY(store_->scan_journal(erasure.stream, at, std::min(kRecordsAtOnce, range.last - at + 1)));
    if (records.empty()) break;
    std::vector<store::JournalRewrite> rewrites;
    for (const auto& record : records) {
      const auto index = at++;
      const auto bytes = CO_TRY(closed(as_bytes(record.bytes), erasure.facets));
      if (bytes) rewrites.push_back({erasure.stream, index, record.leaf, std::string(as_text(*bytes))});
    }
    if (!rewrites.empty()) CO_TRY(co_await ledger_->close_facets(std::move(rewrites)));
  }
  co_return Result<void>{};
}

/// A file of records that the store still has is what a crash left before the store forgot them: it is
/// written anew when they are moved again.
Result<void> JournalEraser::close_in_files(const PendingErasure& erasure,
                                           const evidence::RecordRange& range) {
  const auto front = store_->journal_front(erasure.stream);
  for (auto bundle = range.first / kTileWidth; bundle <= range.last / kTileWidth; ++bundle) {
    if (bundle * kTileWidth >= front)
      TRY(files_.remove(erasure.stream, tlog::BundleId{.index = bundle}));
    else
      TRY(close_in_file(erasure, bundle));
  }
  return {};
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
