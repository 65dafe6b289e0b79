// Use cases on analysis jobs.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "analysis/job.h"
#include "analysis/worker_pool.h"
#include "identity/account_directory.h"
#include "operations/view.h"

namespace vitrine::operations {

/// A job while it runs: its progress, its place in the journal, and whether somebody asked it to stop.
class RunningJob {
 public:
  RunningJob(analysis::Job job, std::uint64_t first_index)
      : job_(std::move(job)), first_index_(first_index) {}

  [[nodiscard]] analysis::Job snapshot() const;
  void update(const std::function<void(analysis::Job&)>& change);
  /// Asks it to end after the pictures it works on, as Cancelled or Interrupted; the first to ask decides.
  void end_as(analysis::JobState state);
  /// What it was asked to end as; Running while nobody has asked.
  [[nodiscard]] analysis::JobState asked() const { return asked_; }
  /// Of the record of its start.
  [[nodiscard]] std::uint64_t first_index() const { return first_index_; }

 private:
  mutable std::mutex mutex_;
  analysis::Job job_;
  std::uint64_t first_index_;
  std::atomic<analysis::JobState> asked_ = analysis::JobState::Running;
};

/// The jobs that run in this process.
class JobBoard {
 public:
  void add(const std::string& id, std::shared_ptr<RunningJob> job);
  void remove(const std::string& id);
  /// Null when the job does not run here.
  [[nodiscard]] std::shared_ptr<RunningJob> find(std::string_view id) const;
  /// The server stops: asks every job to end as interrupted; they close themselves.
  void interrupt_all();
  [[nodiscard]] bool empty() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<RunningJob>, std::less<>> jobs_;
};

/// What jobs need besides the floors. Outlives every job.
struct JobFloors {
  Floors floors;
  identity::AccountDirectory& accounts;
  analysis::WorkerPool& pool;
  JobBoard& board;
  std::string models;  ///< names the set of models in use: results of other models are made anew
  std::function<boost::asio::io_context&()> next_context;  ///< where the next job runs
};

struct StartJob {
  ContainerRef container;
  std::string prefix;
  analysis::JobTask task = analysis::JobTask::ImageAnalysis;
};
/// Counts the pictures that are not analysed yet, charges them to the purpose's budget and begins. Errors:
/// PolicyDenied, ContainerNotFound, OutOfRangeInput for more than 100,000 pictures, Unavailable.
Task<Result<analysis::Job>> start_job(const JobFloors& floors, policy::Exchange& exchange,
                                      const StartJob& request);

/// Oldest first. Errors: PolicyDenied, those of the ledger.
Task<Result<std::vector<analysis::Job>>> list_jobs(const JobFloors& floors, policy::Exchange& exchange,
                                                   const identity::AccountName& account);
/// Names a job of an account.
struct JobRef {
  identity::AccountName account;
  std::string id;
};
/// Errors: JobNotFound, PolicyDenied, those of the ledger.
Task<Result<analysis::Job>> get_job(const JobFloors& floors, policy::Exchange& exchange, const JobRef& ref);
/// The job ends after the pictures it works on. Errors: JobNotFound, JobNotRunning, PolicyDenied, those of
/// the ledger.
Task<Result<analysis::Job>> cancel_job(const JobFloors& floors, policy::Exchange& exchange,
                                       const JobRef& ref);

/// At start: closes what a crash left open as interrupted, charged in full. Errors: those of the store.
Task<Result<void>> close_interrupted_jobs(const JobFloors& floors);

}  // namespace vitrine::operations
