#include "store/committer.h"

#include <algorithm>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "base/log.h"
#include "store/completion.h"

namespace vitrine::store {
namespace {

using Executor = boost::asio::io_context::executor_type;

std::size_t size_of(const Commit& commit) {
  std::size_t size = sizeof(Commit) + commit.adopts.size() * sizeof(Segment);
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
  for (const auto& record : commit.records) size += sizeof(JournalRecord) + record.bytes.size();
  return size;
}

bool is_versioned(Table table) {
  return table != Table::Journal && table != Table::Counters;
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
  return {};
}

std::unexpected<Error> fenced_error() {
  return fail(
      Code::Unavailable,
      "The store stopped committing after a failed write. Check the disk, then start the server again.");
}

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

Committer::Committer(Sequencer& sequencer, Bounds bounds)
    : sequencer_(sequencer), bounds_(bounds), thread_([this] { run(); }) {}

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
    enqueue({std::move(commit), bytes, std::move(guard), std::move(handler)});
  };
  auto result = co_await boost::asio::async_initiate<decltype(kAwait), void(Result<Position>)>(
      std::move(submit), kAwait, std::move(commit));
  co_return result;
}

void Committer::enqueue(Waiting waiting) {
  std::unique_lock lock(mutex_);
  const bool fits = queue_.size() < bounds_.commits && queued_bytes_ + waiting.bytes <= bounds_.bytes;
  if (queue_.empty() || fits) {
    queued_bytes_ += waiting.bytes;
    queue_.push_back(std::move(waiting));
    const bool is_first = queue_.size() == 1;
    lock.unlock();
    if (is_first) changed_.notify_one();
    return;
  }
  lock.unlock();
  waiting.result = fail(Code::ServerBusy, "Too many operations wait to be recorded: try again in a moment.");
  std::vector<Waiting> refused;
  refused.push_back(std::move(waiting));
  answer(std::move(refused));
}

bool Committer::take_round(std::vector<Waiting>& round) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
  round.swap(queue_);
  queued_bytes_ = 0;
  return !round.empty();
}

void Committer::run() {
  std::vector<Waiting> round;
  while (take_round(round)) {
    if (fenced()) {
      for (auto& waiting : round) waiting.result = fenced_error();
    } else {
      decide(round);
    }
    answer(std::exchange(round, {}));
  }
}

void Committer::decide(std::vector<Waiting>& round) {
  std::uint64_t admitted = 0, records = 0;
  for (auto& waiting : round) {
    waiting.result = sequencer_.admit(waiting.commit);
    if (!waiting.result) continue;
    ++admitted;
    records += waiting.commit.records.size();
  }
  guard_failures_ += round.size() - admitted;
  if (admitted == 0) return;

  const auto written = sequencer_.write();
  if (written) {
    ++rounds_;
    commits_ += admitted;
    records_ += records;
    return;
  }
  fence(written.error());
  // A guard may have failed against a commit whose fate is unknown now: that answer is void as well.
  for (auto& waiting : round)
    waiting.result = fail(Code::DeviceFailed,
                          "It is unknown whether this operation took effect: " + written.error().message);
}

void Committer::fence(const Error& error) {
  fenced_.store(true, std::memory_order_release);
  log::error("the metadata log could not be written: the store is fenced, every commit is refused",
             {{"error", error.message}});
}

void Committer::answer(std::vector<Waiting> round) {
  std::vector<std::pair<const void*, std::vector<Waiting>>> groups;
  for (auto& waiting : round) {
    const auto* context = waiting.context();
    auto group = std::ranges::find(groups, context, [](const auto& g) { return g.first; });
    if (group == groups.end()) group = groups.insert(groups.end(), {context, std::vector<Waiting>{}});
    group->second.push_back(std::move(waiting));
  }
  for (auto& [context, group] : groups) {
    const auto executor = group.front().guard.get_executor();
    boost::asio::post(executor, [group = std::move(group)]() mutable {
      for (auto& waiting : group) waiting.resume(std::move(waiting.result));
    });
  }
}

Activity Committer::activity() const {
  return {.rounds = rounds_,
          .commits = commits_,
          .records = records_,
          .guard_failures = guard_failures_,
          .guard_reads = sequencer_.guard_reads()};
}

}  // namespace vitrine::store
