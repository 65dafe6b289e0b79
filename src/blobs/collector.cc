#include "blobs/collector.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>

#include "base/encoding.h"
#include "base/log.h"
#include "blobs/deleted_container.h"
#include "blobs/ended.h"
#include "blobs/keeping.h"
#include "blobs/name_state.h"
#include "blobs/sealed.h"
#include "blobs/tag_index.h"
#include "store/key_range.h"

namespace vitrine::blobs {
namespace {

/// Tasks looked at together, rows taken by one commit: few enough that nobody waits long.
constexpr std::size_t kTasksAtOnce = 256, kRowsAtOnce = 256;
constexpr std::chrono::milliseconds kReadsPause{20};
/// Rows that cannot be read are tried again, so that their alarm comes again.
constexpr std::chrono::days kUntilDamageIsLookedAtAgain{1};

Result<std::vector<Block>> read_list(const keys::DataKeys& keys, const store::Entry& row) {
  return decode_blocks(TRY(open(keys, {store::Table::Rows, row.key}, row.value)));
}

/// A list may name a block twice, and holds it once.
void keep_first_of_each(std::vector<Block>& blocks, const ContainerId& container) {
  std::set<std::optional<store::BodyRef>> seen;
  std::erase_if(blocks,
                [&](const auto& block) { return !seen.insert(body_of(container, block.piece)).second; });
}

void release(ledger::Effect& effect, const ContainerId& container, const Piece& piece) {
  if (auto body = body_of(container, piece)) effect.releases.push_back(std::move(*body));
}

/// A row of the Heads table, taken apart.
struct HeadRow {
  HeadKey key;
  std::optional<BlobHead> head;
};
Result<HeadRow> read_head_row(const keys::DataKeys& keys, const store::Entry& row) {
  return HeadRow{TRY(parse_head_key(row.key)), TRY(open_head(keys, row.key, row.value))};
}

/// A head in a container that goes as a whole: no other needs its content for long.
void leave(ledger::Effect& effect, const Departure& departure, const HeadKey& key, const BlobHead& head) {
  let_go(effect, departure, head);
  if (!key.past) erase_tag_rows(effect.writes, {departure.account, {}, departure.container, key.name}, head);
  const auto content = content_number(head);
  if (!content) return;
  if (key.past)
    effect.writes.push_back(
        {holder_key(departure.container, *content, content_point(head), key.past->id), std::nullopt});
  if (!std::holds_alternative<BlockList>(head.layout))
    add(effect, departure, ContentChange{.ended = {EndedContent{*content}}});
}

/// The name of the blob that a set of blocks, or one of its blocks, belongs to: no name has a NUL.
std::string name_in_rows(std::string_view key) {
  key.remove_prefix(std::min(sizeof(ContainerId), key.size()));
  return std::string(key.substr(0, key.find('\0')));
}

/// A set of blocks, and the name that it is of.
struct NamedSet {
  BlobName blob;
  UncommittedSet set;
};
Result<NamedSet> read_set(const keys::DataKeys& keys, const store::Entry& row, const std::string& name) {
  auto blob = BlobName::parse(name);
  if (!blob) return fail(Code::Corrupt, "A set of blocks lies under a name that cannot be.");
  auto set = TRY(decode_uncommitted(keys, row));
  return NamedSet{std::move(*blob), *set};
}

}  // namespace

struct Collector::Due {
  store::Guard guard;
  CollectionTask task;
  std::shared_ptr<const keys::DataKeys> keys;

  [[nodiscard]] Departure from(const ContainerId& container, Timestamp now) const {
    return {task.account, container, now};
  }
};

Task<Result<std::size_t>> Collector::collect(std::size_t most) {
  auto from = first_task_key();
  const auto to = task_key_after(clock_.now());
  std::size_t commits = 0;
  while (commits < most) {
    const auto rows = CO_TRY(store_.scan(store::Table::State, from, to, kTasksAtOnce));
    if (rows.empty()) break;
    co_await wait_for_reads();
    for (const auto& row : rows) {
      if (commits >= most) break;
      auto made = co_await work_on(row, most - commits);
      if (made)
        commits += *made;
      else if (made.error().code == Code::StateChanged)
        continue;  // the next look sees what it is now
      else if (made.error().code == Code::Corrupt)
        log::error("a task of the collection cannot be done; the others go on",
                   {{"task", to_hex(as_bytes(row.key))}, {"error", made.error().message}});
      else
        co_return std::unexpected(std::move(made).error());
    }
    if (rows.size() < kTasksAtOnce) break;
    from = rows.back().key + '\0';
  }
  co_return commits;
}

Task<Result<std::size_t>> Collector::work_on(const store::Entry& row, std::size_t most) {
  auto task = CO_TRY(decode_task(row.key, row.value));
  auto keys = keys_.of(task.account);
  if (!keys && keys.error().code == Code::ContentDestroyed) co_return co_await forget(row);
  // Whose keys cannot be had: as good as damaged, until they can.
  if (!keys) co_return fail(Code::Corrupt, keys.error().message);
  const Due due{row.guard(store::Table::State), std::move(task), std::move(*keys)};
  co_return co_await work_on(due, most);
}

Task<void> Collector::wait_for_reads() {
  const auto mark = store_.pins().mark();
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  while (!store_.pins().gone(mark)) {
    timer.expires_after(kReadsPause);
    co_await timer.async_wait(boost::asio::use_awaitable_t<boost::asio::io_context::executor_type>{});
  }
}

Task<Result<std::size_t>> Collector::forget(const store::Entry& row) {
  ledger::Effect effect{.guards = {row.guard(store::Table::State)},
                        .writes = {{{store::Table::State, row.key}, std::nullopt}}};
  CO_TRY(co_await ledger_.erase(ledger::Collected(std::move(effect))));
  co_return 1;
}

Task<Result<std::size_t>> Collector::work_on(const Due& due, std::size_t most) {
  const auto unfinished = std::exchange(unfinished_, std::nullopt);
  auto walks = unfinished && unfinished->key == due.guard.key.bytes ? unfinished->walks : RowWalks{};
  for (std::size_t commits = 0; commits < most;) {
    ledger::Effect effect{.guards = {due.guard}};
    const bool done = CO_TRY(
        std::visit([&](const auto& remains) { return take(effect, due, walks, remains); }, due.task.remains));
    if (done)
      end(effect, due, walks);
    else if (effect.writes.empty())
      continue;
    CO_TRY(co_await ledger_.erase(ledger::Collected(std::move(effect))));
    ++commits;
    if (done) co_return commits;
  }
  unfinished_ = {due.guard.key.bytes, std::move(walks)};
  co_return most;
}

void Collector::end(ledger::Effect& effect, const Due& due, const RowWalks& walks) const {
  effect.writes.push_back({due.guard.key, std::nullopt});
  if (walks.are_whole()) return;
  auto again = due.task;
  again.due = clock_.now() + kUntilDamageIsLookedAtAgain;
  effect.writes.push_back(write_task(again));
}

Result<bool> Collector::take(ledger::Effect& effect, const Due& due, RowWalks& walks,
                             const DeadContainer& dead) {
  return TRY(take_heads(effect, due, walks, dead)) && TRY(take_sets(effect, due, walks, dead));
}

Result<bool> Collector::take_heads(ledger::Effect& effect, const Due& due, RowWalks& walks,
                                   const DeadContainer& dead) {
  const auto all = blob_prefix(dead.container, {});
  const auto rows =
      TRY(store_.scan(store::Table::Heads, walks.heads.from(all), store::key_after_prefix(all), kRowsAtOnce));
  for (const auto& row : rows) {
    const auto found = TRY(walks.heads.if_readable(read_head_row(*due.keys, row), row.key));
    if (!found) continue;
    effect.writes.push_back({{store::Table::Heads, row.key}, std::nullopt});
    if (found->head) leave(effect, due.from(dead.container, clock_.now()), found->key, *found->head);
  }
  return rows.size() < kRowsAtOnce;
}

/// Block lists have tasks of their own by now; what is left are sets of blocks that were not committed.
Result<bool> Collector::take_sets(ledger::Effect& effect, const Due& due, RowWalks& walks,
                                  const DeadContainer& dead) {
  auto rows = TRY(store_.scanner(store::Table::Rows, walks.rows.from(first_name_key(dead.container)),
                                 store::key_after_prefix(blob_prefix(dead.container, {}))));
  while (effect.writes.size() < kRowsAtOnce) {
    const auto row = TRY(rows.next());
    if (!row) return true;
    const std::string key(row->key);
    const store::Entry entry{key, row->version, rows.read_at(), std::string(row->value)};
    const auto name = name_in_rows(key);
    const auto behind = key_behind_name(dead.container, name);
    walks.rows.pass_to(behind);
    rows.seek(behind);
    // A set that was closed is gone: its blocks are left, with a task of their own.
    if (!uncommitted_blob_name(key)) continue;
    const auto found = TRY(walks.rows.if_readable(read_set(*due.keys, entry, name), key));
    if (!found) continue;
    effect.writes.push_back({{store::Table::Rows, key}, std::nullopt});
    close_set(effect, due.from(dead.container, clock_.now()), found->blob, found->set, true);
  }
  return false;
}

Result<bool> Collector::take(ledger::Effect& effect, const Due& due, RowWalks& walks,
                             const DeadBlockList& dead) {
  const auto key = block_list_key(dead.container, dead.list);
  const auto row = TRY(store_.look_up(key));
  if (!row.exists()) return true;
  auto found = TRY(walks.rows.if_readable(read_list(*due.keys, row), key.bytes));
  if (!found) return true;
  auto& blocks = *found;
  keep_first_of_each(blocks, dead.container);
  effect.writes.push_back({key, std::nullopt});
  if (blocks.size() > kLetGoTogether)
    let_go(effect, due.from(dead.container, clock_.now()), *due.keys, blocks);
  else
    for (const auto& block : blocks) release(effect, dead.container, block.piece);
  return true;
}

Result<bool> Collector::take(ledger::Effect& effect, const Due& due, RowWalks& walks,
                             const DeadBlocks& dead) {
  const auto begin = blocks_begin(dead.container, dead.blob, dead.generation);
  const auto rows =
      TRY(store_.scan(store::Table::Rows, walks.rows.from(begin), blocks_end(begin), kRowsAtOnce));
  for (const auto& row : rows) {
    std::optional<Piece> piece;
    if (dead.hold_pieces) {
      piece = TRY(walks.rows.if_readable(decode_block(*due.keys, row), row.key));
      if (!piece) continue;
      release(effect, dead.container, *piece);
    }
    effect.writes.push_back({{store::Table::Rows, row.key}, std::nullopt});
  }
  return rows.size() < kRowsAtOnce;
}

Result<bool> Collector::take(ledger::Effect& effect, const Due& due, RowWalks& walks,
                             const IdleBlocks& idle) {
  const auto blob = BlobName::parse(idle.blob);
  if (!blob) return true;
  const auto key = uncommitted_key(idle.container, *blob);
  const auto row = TRY(store_.look_up(key));
  const auto set = TRY(walks.rows.if_readable(decode_uncommitted(*due.keys, row), key.bytes));
  if (!set || !*set || (*set)->generation != idle.generation || (*set)->idle_at > due.task.due) return true;
  effect.guards.push_back(row.guard(key.table));
  effect.touches.push_back(blocks_name(idle.container, *blob));
  close_set(effect, due.from(idle.container, clock_.now()), *blob, **set, true);
  return true;
}

Result<bool> Collector::take(ledger::Effect& effect, const Due& due, RowWalks& walks, const DeadEnd& dead) {
  auto step = TRY(next_step(store_, *due.keys, dead.container, dead.ended, walks));
  add(effect, due.from(dead.container, clock_.now()), std::move(step.change));
  return step.is_last;
}

Result<bool> Collector::take(ledger::Effect& effect, const Due& due, RowWalks& walks,
                             const DeletedStates& deleted) {
  const auto blob = BlobName::parse(deleted.blob);
  if (!blob) return true;
  const auto key = blob_key(deleted.container, *blob);
  const auto row = TRY(store_.look_up(key));
  auto state = TRY(walks.heads.if_readable(open_name(*due.keys, row), key.bytes));
  if (!state) return true;
  const auto now = clock_.now();
  const auto before = state->head;
  auto change = TRY(walks.heads.if_readable(
      end_expired({store_, *due.keys, deleted.container, *blob, *state}, now), key.bytes));
  if (!change || !*change) return true;
  effect.guards.push_back(row.guard(key.table));
  effect.writes.push_back(write_name(*due.keys, key, *state));
  if (before && !state->head)
    erase_tag_rows(effect.writes, {due.task.account, {}, deleted.container, deleted.blob}, *before);
  add(effect, due.from(deleted.container, now), std::move(**change));
  return false;
}

/// What is below the container goes from now on: nobody can restore it any more.
Result<bool> Collector::take(ledger::Effect& effect, const Due& due, RowWalks&,
                             const DeletedContainer& deleted) {
  const auto account = identity::AccountName::parse(due.task.account);
  const auto name = ContainerName::parse(deleted.name);
  if (!account || !name) return true;
  const auto key = deleted_container_key(*account, *name, Moment::from_ticks(deleted.version));
  const auto row = TRY(store_.look_up(key));
  if (!row.exists()) return true;
  effect.guards.push_back(row.guard(key.table));
  effect.writes.push_back({key, std::nullopt});
  effect.writes.push_back(write_task({clock_.now(), due.task.account, DeadContainer{deleted.container}}));
  return true;
}

}  // namespace vitrine::blobs
