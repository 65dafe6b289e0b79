// A job as an operation looks at it.
#pragma once

#include "operations/jobs.h"

namespace vitrine::operations {

/// A job as it was found, or its absence.
struct JobView {
  std::optional<analysis::Job> job;
  std::shared_ptr<RunningJob> running;  ///< null when it does not run here
  std::vector<store::Guard> guards;

  static Error not_found(const JobRef& ref);
  static Error over(const analysis::Job& job);
};
/// Errors: those of the store; ContentDestroyed when the account's keys were.
Result<JobView> look_up(const JobFloors& floors, const JobRef& ref);

/// Every job of the account, oldest first. Errors: as look_up.
Result<std::vector<analysis::Job>> read_jobs(const JobFloors& floors, const identity::AccountName& account);

/// Of an action on the job that was found, or not.
policy::Intent intent(policy::Action action, const JobRef& ref, const JobView& view);

}  // namespace vitrine::operations
