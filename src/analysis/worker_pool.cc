#include "analysis/worker_pool.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <set>
#include <thread>

#include "analysis/answer.h"
#include "base/log.h"

namespace vitrine::analysis {
namespace {

using Answer = Result<ImageAnswer>;

constexpr int kTries = 2;
constexpr std::size_t kMaxQuarantined = 10'000;

struct Job {
  worker::ImageTask task;
  ImageInput input;
  std::chrono::milliseconds limit;
  /// Hands the answer to whoever awaits it; once, from any thread.
  std::move_only_function<void(Answer)> finish;
};

Answer cancelled() {
  return fail(Code::Cancelled, "The analysis was cancelled.");
}

/// Content that has broken workers; the oldest is forgotten first.
class Quarantine {
 public:
  void add(const crypto::Sha256Digest& content) {
    if (!contents_.insert(content).second) return;
    by_age_.push_back(content);
    if (by_age_.size() <= kMaxQuarantined) return;
    contents_.erase(by_age_.front());
    by_age_.pop_front();
  }
  [[nodiscard]] bool holds(const crypto::Sha256Digest& content) const { return contents_.contains(content); }

 private:
  std::set<crypto::Sha256Digest> contents_;
  std::deque<crypto::Sha256Digest> by_age_;
};

std::unexpected<Error> quarantined() {
  return fail(Code::Corrupt,
              "This content broke the analysis worker twice and is not analysed again: it is damaged or "
              "made to do harm.");
}

}  // namespace

/// A lane is a thread with a worker of its own: it takes a job, blocks on it, and takes the next. A
/// worker dies with the thread that started it, so it is the lane that starts it.
class WorkerPool::Impl {
 public:
  explicit Impl(WorkerPoolOptions options)
      : admission(options.workers * options.places_per_worker), options_(std::move(options)) {}

  void submit(const std::shared_ptr<Job>& job);
  void cancel(const std::shared_ptr<Job>& job);
  void stop(std::chrono::milliseconds grace);
  [[nodiscard]] WorkerPoolStats stats() const;

  Admission admission;

 private:
  struct Lane {
    explicit Lane(Interrupter interrupter) : interrupter(std::move(interrupter)) {}
    [[nodiscard]] bool is_busy() const { return job != nullptr; }

    Interrupter interrupter;
    std::optional<WorkerProcess> process;
    std::shared_ptr<Job> job;  ///< guarded by mutex_
    std::atomic<pid_t> process_id{0};
    std::thread thread;
  };

  Result<void> accept(const std::shared_ptr<Job>& job);
  Result<void> add_lane();
  void live(Lane& lane);
  bool take_job(Lane& lane);
  Answer carry_out(Lane& lane, const Job& job);
  Result<void> ensure_process(Lane& lane);
  Answer give_up(const Job& job);

  const WorkerPoolOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Job>> waiting_;
  std::list<Lane> lanes_;
  std::size_t idle_lanes_ = 0;
  Quarantine quarantine_;
  bool is_stopping_ = false;
  std::atomic<std::uint64_t> started_{0}, crashed_{0}, timed_out_{0};
};

void WorkerPool::Impl::submit(const std::shared_ptr<Job>& job) {
  auto accepted = accept(job);
  if (!accepted) job->finish(std::unexpected(accepted.error()));
}

Result<void> WorkerPool::Impl::accept(const std::shared_ptr<Job>& job) {
  std::lock_guard lock(mutex_);
  if (is_stopping_) return fail(Code::Cancelled, "The server is stopping; analysis takes no more tasks.");
  if (quarantine_.holds(job->input.sha256)) return quarantined();
  if (idle_lanes_ <= waiting_.size() && lanes_.size() < options_.workers) TRY(add_lane());
  waiting_.push_back(job);
  changed_.notify_one();
  return {};
}

Result<void> WorkerPool::Impl::add_lane() {
  auto& lane = lanes_.emplace_back(TRY(Interrupter::create()));
  try {
    lane.thread = std::thread([this, &lane] { live(lane); });
  } catch (const std::system_error& error) {
    lanes_.pop_back();
    return fail(Code::Unavailable,
                std::string("No thread can be started for an analysis worker: ") + error.what());
  }
  return {};
}

void WorkerPool::Impl::live(Lane& lane) {
  while (take_job(lane)) {
    auto job = lane.job;
    auto answer = carry_out(lane, *job);
    {
      std::lock_guard lock(mutex_);
      lane.job.reset();
      changed_.notify_all();
    }
    job->finish(std::move(answer));
  }
  lane.process.reset();
  lane.process_id = 0;
}

bool WorkerPool::Impl::take_job(Lane& lane) {
  std::unique_lock lock(mutex_);
  ++idle_lanes_;
  changed_.wait(lock, [&] { return is_stopping_ || !waiting_.empty(); });
  --idle_lanes_;
  if (waiting_.empty()) return false;
  lane.job = std::move(waiting_.front());
  waiting_.pop_front();
  lane.interrupter.reset();
  return true;
}

Answer WorkerPool::Impl::carry_out(Lane& lane, const Job& job) {
  for (int tries = 0; tries < kTries; ++tries) {
    TRY(ensure_process(lane));
    auto answer = lane.process->run(job.task, *job.input.picture, lane.interrupter,
                                    std::chrono::steady_clock::now() + job.limit);
    if (lane.process->is_well()) return answer;
    lane.process_id = 0;
    lane.process.reset();
    if (answer.error().code == Code::OperationTimedOut) ++timed_out_;
    if (answer.error().code == Code::OperationTimedOut || answer.error().code == Code::Cancelled)
      return answer;
    ++crashed_;
    log::warn("An analysis worker broke", {{"why", answer.error().message}});
  }
  return give_up(job);
}

Result<void> WorkerPool::Impl::ensure_process(Lane& lane) {
  if (lane.process) return {};
  auto deadline = std::chrono::steady_clock::now() + options_.start_limit;
  auto first = WorkerProcess::start(options_.program, lane.interrupter, deadline);
  // What ended it while it loaded its models, such as a shortage of memory, may have passed.
  if (!first && first.error().code == Code::Unavailable)
    lane.process.emplace(TRY(WorkerProcess::start(options_.program, lane.interrupter, deadline)));
  else
    lane.process.emplace(TRY(std::move(first)));
  lane.process_id = lane.process->id();
  ++started_;
  return {};
}

Answer WorkerPool::Impl::give_up(const Job& job) {
  std::lock_guard lock(mutex_);
  quarantine_.add(job.input.sha256);
  return quarantined();
}

void WorkerPool::Impl::cancel(const std::shared_ptr<Job>& job) {
  {
    std::lock_guard lock(mutex_);
    for (auto& lane : lanes_)
      if (lane.job == job) lane.interrupter.interrupt();
    if (std::erase(waiting_, job) == 0) return;
  }
  job->finish(cancelled());
}

void WorkerPool::Impl::stop(std::chrono::milliseconds grace) {
  admission.close();
  std::deque<std::shared_ptr<Job>> dropped;
  {
    std::unique_lock lock(mutex_);
    is_stopping_ = true;
    dropped.swap(waiting_);
    changed_.notify_all();
    changed_.wait_for(
        lock, grace, [&] { return std::ranges::none_of(lanes_, [](const Lane& l) { return bool(l.job); }); });
    for (auto& lane : lanes_)
      if (lane.job) lane.interrupter.interrupt();
  }
  for (auto& job : dropped) job->finish(cancelled());
  for (auto& lane : lanes_)
    if (lane.thread.joinable()) lane.thread.join();
}

WorkerPoolStats WorkerPool::Impl::stats() const {
  std::lock_guard lock(mutex_);
  WorkerPoolStats out{started_, crashed_, timed_out_, admission.waiting() + waiting_.size(), 0, 0};
  for (const auto& lane : lanes_) {
    pid_t id = lane.process_id;
    if (id == 0) continue;
    ++out.running_workers;
    out.resident_bytes += resident_bytes(id);
  }
  return out;
}

WorkerPool::WorkerPool(WorkerPoolOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

WorkerPool::~WorkerPool() {
  stop(std::chrono::milliseconds{0});
}

void WorkerPool::stop(std::chrono::milliseconds grace) {
  impl_->stop(grace);
}

WorkerPoolStats WorkerPool::stats() const {
  return impl_->stats();
}

Task<Result<Admission::Place>> WorkerPool::admit() {
  return impl_->admission.enter();
}

Task<Answer> WorkerPool::run([[maybe_unused]] Admission::Place place, worker::ImageTask task,
                             ImageInput input, std::chrono::milliseconds limit) {
  auto job = std::make_shared<Job>(Job{task, std::move(input), limit, {}});
  auto begin = [impl = impl_.get(), job](auto finish) {
    job->finish = std::move(finish);
    impl->submit(job);
  };
  auto answer =
      co_await answer_to<Answer>(std::move(begin), [impl = impl_.get(), job] { impl->cancel(job); });
  co_return answer;
}

}  // namespace vitrine::analysis
