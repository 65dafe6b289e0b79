#include "operations/job_view.h"

#include <fmt/format.h>

#include "blobs/sealed.h"
#include "store/key_range.h"

namespace vitrine::operations {
namespace {

Result<analysis::Job> read_job(const keys::DataKeys& keys, const store::Entry& row) {
  return analysis::decode_job(TRY(blobs::open(keys, {store::Table::State, row.key}, row.value)));
}

}  // namespace

Error JobView::not_found(const JobRef& ref) {
  return {
      Code::JobNotFound, fmt::format("The account '{}' has no job '{}'.", ref.account.text(), ref.id), {}};
}

Error JobView::over(const analysis::Job& job) {
  return {Code::JobNotRunning, fmt::format("The job '{}' is over: {}.", job.id, name(job.state)), {}};
}

Result<JobView> look_up(const JobFloors& floors, const JobRef& ref) {
  auto key = analysis::job_key(ref.account, ref.id);
  auto row = TRY(floors.floors.store.look_up(key));
  JobView view{.job = {}, .running = {}, .guards = {row.guard(key.table)}};
  if (!row.exists()) return view;
  auto keys = TRY(floors.floors.keys.of(ref.account.text()));
  view.job = TRY(read_job(*keys, row));
  view.running = floors.board.find(ref.id);
  return view;
}

Result<std::vector<analysis::Job>> read_jobs(const JobFloors& floors, const identity::AccountName& account) {
  auto prefix = analysis::job_key(account, "").bytes;
  auto keys = TRY(floors.floors.keys.of(account.text()));
  std::vector<analysis::Job> jobs;
  for (const auto& row : TRY(floors.floors.store.scan(store::Table::State, prefix,
                                                      store::key_after_prefix(prefix), SIZE_MAX))) {
    auto job = TRY(read_job(*keys, row));
    auto running = floors.board.find(job.id);
    jobs.push_back(running ? running->snapshot() : std::move(job));
  }
  return jobs;
}

policy::Intent intent(policy::Action action, const JobRef& ref, const JobView& view) {
  auto container = view.job ? view.job->container.text() : std::string();
  return {.action = action, .resource = {ref.account.text(), container, {}}, .bounds = {}};
}

}  // namespace vitrine::operations
