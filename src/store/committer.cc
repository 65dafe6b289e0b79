#include "store/committer.h"

#include <algorithm>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "base/log.h"
#include "base/thread_name.h"
#include "store/completion.h"

namespace vitrine::store {
namespace {

using Executor = boost::asio::io_context::executor_type;

std::size_t size_of(const Commit& commit) {
  std::size_t size =
      sizeof(Commit) + commit.adopts.size() * sizeof(Segment) + commit.moves.size() * sizeof(SegmentMove);
  for (const auto& guard : commit.guards) size += sizeof(Guard) + guard.key.bytes.size();
  for (const auto& write : commit.writes)
    size += sizeof(Write) + write.key.bytes.size() + (write.value ? write.value->size() : 0);
  for (const auto& untouched : commit.untouched) size += sizeof(Untouched) + untouched.name.bytes.size();
  for (const auto& name : commit.touches) size += sizeof(Key) + name.bytes.size();
  for (const auto* bodies : {&commit.shares, &commit.releases})
    for (const auto& body : *bodies)
      size += sizeof(BodyRef) +
              (std::holds_alternative<std::string>(body) ? std::get<std::string>(body).size() : 0);
  for (const auto& delta : commit.deltas) size += sizeof(CounterDelta) + delta.key.size();
  for (const auto& scan : commit.scans) size += sizeof(ScanRange) + scan.from.size() + scan.to.size();
  size += commit.trims.size() * sizeof(JournalTrim);
  for (const auto& rewrite : commit.rewrites) size += sizeof(JournalRewrite) + rewrite.bytes.size();
  for (const auto& record : commit.records) size += sizeof(JournalRecord) + record.bytes.size();
  return size;
}

bool is_versioned(Table table) {
  return table != Table::Journal && table != Table::Counters;
}

bool changes_rows(const Commit& commit) {
  return !commit.writes.empty() || !commit.adopts.empty() || !commit.shares.empty() ||
         !commit.releases.empty() || !commit.moves.empty();
}

Result<void> check(const Commit& commit) {
  for (const auto& guard : commit.guards)
    if (!is_versioned(guard.key.table))
      return fail(Code::InvalidInput,
                  "A journal or counter has no version to guard: guard the head or state.");
  for (const auto& write : commit.writes)
    if (!is_versioned(write.key.table))
      return fail(Code::InvalidInput,
                  "Journals and counters are not written by key: use records and deltas.");
  for (const auto& scan : commit.scans) TRY(check_readable(scan.table));
  if (commit.note && commit.records.empty())
    return fail(Code::InvalidInput, "A commit with a note has a record that it is about.");
  if (!commit.scans.empty() && changes_rows(commit))
    return fail(Code::InvalidInput, "A commit that scans must not write: a scan sees what was there before.");
  return {};
}

/// So little may change in its place on a full disk: what keeps a blob from being deleted must be able to
/// end.
constexpr std::size_t kSmallChange = 1 << 10;

bool is_there(const Commit& commit, const Key& key) {
  return std::ranges::any_of(commit.guards,
                             [&](const Guard& guard) { return guard.version != 0 && guard.key == key; });
}

bool adds(const Commit& commit, const Write& write) {
  if (!write.value || (write.key.table != Table::Heads && write.key.table != Table::Rows)) return false;
  return write.value->size() > kSmallChange || !is_there(commit, write.key);
}

/// Whether the commit stores something new. One that takes away as well (a deletion that leaves a trace, an
/// upload's last step) is let through, and so is state, unless the commit says that it grows.
bool needs_room(const Commit& commit) {
  const auto is_body = [](const Write& write) { return write.value && write.key.table == Table::Bodies; };
  if (commit.grows || !commit.adopts.empty() || std::ranges::any_of(commit.writes, is_body)) return true;
  const bool takes_away = !commit.releases.empty() ||
                          std::ranges::any_of(commit.writes, [](const Write& write) { return !write.value; });
  return !takes_away &&
         std::ranges::any_of(commit.writes, [&](const Write& write) { return adds(commit, write); });
}

/// Whether tables have failed, or there is room again on a full disk, while nobody commits.
constexpr std::chrono::milliseconds kLookAgain{1'000};
constexpr std::chrono::milliseconds kFirstPause{100}, kLongestPause{5'000};
/// A disk that fails again so soon was not mended.
constexpr std::chrono::seconds kStable{10};

}  // namespace

struct Committer::Waiting {
  Commit commit;
  std::size_t bytes;
  /// Keeps the io_context running while only the committer works for it.
  boost::asio::executor_work_guard<Executor> guard;
  std::move_only_function<void(Result<Position>)> resume;
  Result<Position> result{};

  [[nodiscard]] const void* context() const { return &guard.get_executor().context(); }
};

Committer::Committer(Sequencer& sequencer, RoomWatch& room, Bounds bounds, Recover recover)
    : sequencer_(sequencer), room_(room), bounds_(bounds), recover_(std::move(recover)), thread_([this] {
        run();
      }) {}

Committer::~Committer() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

Task<Result<Position>> Committer::commit(Commit commit) {
  CO_TRY(check(commit));
  const auto bytes = size_of(commit);
  auto submit = [this, bytes](auto handler, Commit commit) {
    auto guard = boost::asio::make_work_guard(boost::asio::get_associated_executor(handler));
    enqueue(std::make_unique<Waiting>(std::move(commit), bytes, std::move(guard), std::move(handler)));
  };
  auto result = co_await boost::asio::async_initiate<decltype(kAwait), void(Result<Position>)>(
      std::move(submit), kAwait, std::move(commit));
  co_return result;
}

void Committer::enqueue(std::unique_ptr<Waiting> waiting) {
  std::unique_lock lock(mutex_);
  const bool fits = queue_.size() < bounds_.commits && queued_bytes_ + waiting->bytes <= bounds_.bytes;
  if (queue_.empty() || fits) {
    queued_bytes_ += waiting->bytes;
    queue_.push_back(std::move(waiting));
    const bool is_first = queue_.size() == 1;
    lock.unlock();
    if (is_first) changed_.notify_one();
    return;
  }
  lock.unlock();
  waiting->result = fail(Code::ServerBusy, "Too many operations wait to be recorded: try again in a moment.");
  Round refused;
  refused.push_back(std::move(waiting));
  answer(std::move(refused));
}

bool Committer::take_round(Round& round) {
  std::unique_lock lock(mutex_);
  const auto called = [this] { return stopping_ || !queue_.empty(); };
  if (fenced())
    changed_.wait_until(lock, next_try_, called);
  else
    changed_.wait_for(lock, kLookAgain, called);
  round.swap(queue_);
  queued_bytes_ = 0;
  // What is scanned must not show what is behind it in the order, so that waits for the next round.
  const auto scans = [](const auto& waiting) { return !waiting->commit.scans.empty(); };
  const auto behind = std::find_if_not(std::ranges::find_if(round, scans), round.end(), scans);
  for (auto& waiting : std::ranges::subrange(behind, round.end())) {
    queued_bytes_ += waiting->bytes;
    queue_.push_back(std::move(waiting));
  }
  round.erase(behind, round.end());
  return !stopping_ || !round.empty();
}

void Committer::run() {
  name_thread("committer");
  Round round;
  while (take_round(round)) {
    work(round);
    answer(std::exchange(round, {}));
  }
}

void Committer::work(Round& round) {
  // Nothing of this round is written yet, so it is only late when tables failed behind the committer's back.
  if (!fenced() && sequencer_.failed())
    fence({Code::DeviceFailed, "A table of the metadata store could not be written.", {}});
  if (fenced() && std::chrono::steady_clock::now() >= next_try_) try_to_recover();
  room_.look();
  if (!fenced()) return decide(round);
  const auto refusal = takes_commits();
  for (auto& waiting : round) waiting->result = std::unexpected(refusal.error());
}

Result<Position> Committer::admit(const Commit& commit) {
  if (room_.full() && needs_room(commit)) TRY(room_.check());
  return sequencer_.admit(commit);
}

void Committer::decide(Round& round) {
  std::uint64_t admitted = 0, records = 0;
  for (auto& waiting : round) {
    waiting->result = admit(waiting->commit);
    if (!waiting->result) continue;
    ++admitted;
    records += waiting->commit.records.size();
  }
  guard_failures_ += static_cast<std::uint64_t>(std::ranges::count_if(round, [](const auto& waiting) {
    return !waiting->result && waiting->result.error().code == Code::StateChanged;
  }));
  if (admitted == 0) return;

  const auto written = sequencer_.write();
  if (written) {
    ++rounds_;
    commits_ += admitted;
    records_ += records;
    finish(round);
    return;
  }
  fence(written.error());
  // A guard may have failed against a commit whose fate is unknown now: that answer is void as well.
  for (auto& waiting : round)
    waiting->result = fail(Code::DeviceFailed,
                           "It is unknown whether this operation took effect: " + written.error().message);
}

/// What is told about a round that is durable, to those of its commits that took effect.
void Committer::finish(Round& round) {
  std::shared_ptr<NotedRound> noted;
  for (auto& waiting : round) {
    if (!waiting->result) continue;
    for (const auto& range : waiting->commit.scans)
      waiting->result->scanners.push_back(sequencer_.scan(range.table, range.from, range.to));
    if (!waiting->commit.note) continue;
    if (!noted) noted = std::make_shared<NotedRound>(rounds_.load());
    waiting->result->round = noted;
    waiting->result->place_in_round = noted->noted.size();
    noted->noted.push_back({*waiting->commit.note, waiting->result->journal_indexes.front(),
                            waiting->commit.records.front().leaf});
  }
}

void Committer::fence(const Error& error) {
  const auto now = std::chrono::steady_clock::now();
  if (now - recovered_at_ > kStable) pause_ = {};
  fenced_at_ = now;
  next_try_ = now + pause_;
  {
    std::lock_guard lock(reason_mutex_);
    reason_ = error.message;
  }
  fenced_.store(true, std::memory_order_release);
  log::error("the metadata store failed: commits are refused until it could be opened again",
             {{"error", error.message}});
}

void Committer::try_to_recover() {
  auto recovered = recover_();
  const auto now = std::chrono::steady_clock::now();
  // Also after a success, for a failure that comes back soon.
  pause_ = std::clamp(2 * pause_, kFirstPause, kLongestPause);
  if (recovered) {
    recovered_at_ = now;
    ++recoveries_;
    fenced_.store(false, std::memory_order_release);
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now - fenced_at_).count();
    log::info("the metadata store was opened again: commits are taken", {{"after_ms", std::to_string(ms)}});
    return;
  }
  next_try_ = now + pause_;
  log::error("the metadata store could not be opened again; it will be tried in a while",
             {{"error", recovered.error().message}, {"pause_ms", std::to_string(pause_.count())}});
  std::lock_guard lock(reason_mutex_);
  reason_ = std::move(recovered).error().message;
}

Result<void> Committer::takes_commits() const {
  if (!fenced()) return {};
  std::lock_guard lock(reason_mutex_);
  return fail(Code::Unavailable,
              "The store's disk failed, and it is tried again every few seconds: " + reason_);
}

void Committer::answer(Round round) {
  std::vector<std::pair<const void*, Round>> groups;
  for (auto& waiting : round) {
    const auto* context = waiting->context();
    auto group = std::ranges::find(groups, context, [](const auto& g) { return g.first; });
    if (group == groups.end()) group = groups.insert(groups.end(), {context, Round{}});
    group->second.push_back(std::move(waiting));
  }
  for (auto& [context, group] : groups) {
    // Held until post() has returned: the handler's guards alone would let the io_context end, and be
    // destroyed, while post() still wakes it.
    const auto guard = group.front()->guard;
    boost::asio::post(guard.get_executor(), [group = std::move(group)]() mutable {
      for (auto& waiting : group) waiting->resume(std::move(waiting->result));
    });
  }
}

Activity Committer::activity() const {
  return {.rounds = rounds_,
          .commits = commits_,
          .records = records_,
          .guard_failures = guard_failures_,
          .recoveries = recoveries_,
          .guard_reads = sequencer_.guard_reads()};
}

}  // namespace vitrine::store
