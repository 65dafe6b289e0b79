#include "blobs/ended.h"

#include "blobs/ended_layer.h"
#include "blobs/past.h"
#include "blobs/sealed.h"
#include "store/key_range.h"

namespace vitrine::blobs {
namespace {

constexpr std::size_t kRowsInStep = 1'000;

/// The body that an appended block or a row of pages holds.
Result<std::optional<Piece>> piece_of(const keys::DataKeys& keys, const store::Entry& row) {
  auto parsed = TRY(parse_content_key(row.key));
  auto value = TRY(open(keys, {store::Table::Rows, row.key}, row.value));
  if (parsed.kind == ContentKey::Kind::Appended)
    return std::optional(TRY(decode_appended(value, parsed.end)));
  if (parsed.kind == ContentKey::Kind::Page) return TRY(decode_page_row(value, parsed.end)).piece;
  return std::optional<Piece>();
}

/// A past state, with the id under which its row lies.
struct FoundPast {
  PastId id;
  PastView view;
};
Result<FoundPast> read_past(const keys::DataKeys& keys, const store::Entry& row) {
  auto past = TRY(parse_head_key(row.key)).past;
  if (!past) return fail(Code::Corrupt, "A past state's key has no moment.");
  auto head = TRY(decode_blob(TRY(open(keys, {store::Table::Heads, row.key}, row.value))));
  return FoundPast{past->id, {.head = std::move(head), .guard = row.guard(store::Table::Heads)}};
}

struct Steps {
  const store::Store& store;
  const keys::DataKeys& keys;
  const ContainerId& container;
  RowWalks& walks;

  Result<ErasingStep> operator()(const EndedContent& ended) const {
    auto prefix = content_prefix(container, ended.rows);
    auto rows = TRY(store.scan(store::Table::Rows, walks.rows.from(prefix), store::key_after_prefix(prefix),
                               kRowsInStep));
    ErasingStep step{.change = {}, .is_last = rows.size() < kRowsInStep};
    for (const auto& row : rows) {
      auto piece = TRY(walks.rows.if_readable(piece_of(keys, row), row.key));
      if (!piece) continue;
      step.change.guards.push_back(row.guard(store::Table::Rows));
      step.change.writes.push_back({{store::Table::Rows, row.key}, std::nullopt});
      auto body = *piece ? body_of(container, **piece) : std::nullopt;
      if (body) step.change.lost.push_back(std::move(*body));
    }
    return step;
  }

  Result<ErasingStep> operator()(const EndedLayer& ended) const {
    auto change = TRY(end_layer(store, keys, container, ended, walks.rows));
    if (!change) return ErasingStep{.change = {}, .is_last = true};
    return ErasingStep{.change = std::move(*change), .is_last = false};
  }

  Result<ErasingStep> operator()(const EndedHistory& ended) const {
    auto prefix = past_prefix(container, ended.name, {ended.number, {}});
    auto rows =
        TRY(store.scan(store::Table::Heads, walks.heads.from(prefix), store::key_after_prefix(prefix), 2));
    if (rows.empty()) return ErasingStep{.change = {}, .is_last = true};
    auto past = TRY(walks.heads.if_readable(read_past(keys, rows[0]), rows[0].key));
    if (!past) return ErasingStep{.change = {}, .is_last = rows.size() == 1};
    auto blob = TRY(BlobName::parse(ended.name));
    NameState gone{.head = {}, .history = History{ended.number, {}}};
    auto change = TRY(end_past({store, keys, container, blob, gone}, past->id, past->view));
    return ErasingStep{.change = std::move(change), .is_last = rows.size() == 1};
  }
};

}  // namespace

Result<ErasingStep> next_step(const store::Store& store, const keys::DataKeys& keys,
                              const ContainerId& container, const Ended& ended, RowWalks& walks) {
  return std::visit(Steps{store, keys, container, walks}, ended);
}

}  // namespace vitrine::blobs
