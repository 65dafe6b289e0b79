#include "operations/jobs.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <thread>

#include "blobs/head_walk.h"
#include "operations/job_run.h"
#include "operations/job_view.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

constexpr std::size_t kMostPictures = 100'000;

/// So many heads are looked at before other requests of the thread get their turn.
constexpr std::size_t kHeadsAtATime = 256;

/// The pictures under a prefix.
struct Pictures {
  std::vector<Candidate> to_do;
  std::uint64_t bytes = 0;  ///< of those
  std::uint64_t done = 0;   ///< that have their results already

  [[nodiscard]] policy::Bounds bounds() const {
    return {.items = static_cast<std::int64_t>(to_do.size()), .bytes = static_cast<std::int64_t>(bytes)};
  }
};

/// Errors: OutOfRangeInput for too many.
Task<Result<Pictures>> find_pictures(const JobFloors& floors, const ContainerView& view,
                                     const StartJob& request, bool redaction_due) {
  auto heads = CO_TRY(blobs::HeadWalk::open(floors.floors.store, view.keys, view.head->id, request.prefix,
                                            {.now = floors.floors.clock.now()}));
  Pictures out;
  for (std::size_t seen = 1; auto found = CO_TRY(heads.next()); ++seen) {
    if (seen % kHeadsAtATime == 0) co_await yield();
    const auto& name = found->name;
    const auto& head = found->head;
    if (!analysis::looks_like_a_picture(name, head.content.type)) continue;
    Candidate candidate{CO_TRY(blobs::BlobName::parse(name)), head.content_root};
    if (CO_TRY(is_analysed(floors, request.container, candidate, redaction_due))) {
      ++out.done;
      continue;
    }
    if (out.to_do.size() == kMostPictures)
      co_return fail(Code::OutOfRangeInput,
                     fmt::format("A job takes at most {} pictures; narrow it with a prefix.", kMostPictures));
    out.to_do.push_back(std::move(candidate));
    out.bytes += head.size;
  }
  co_return out;
}

bool redaction_due(const JobFloors& floors, const policy::Exchange& exchange) {
  const auto* purpose = floors.floors.gate.purposes().find(exchange.purpose);
  return purpose && std::ranges::count(purpose->obligations, policy::Obligation::BlurFaces) > 0;
}

Result<analysis::Job> new_job(const JobFloors& floors, const policy::Exchange& exchange,
                              const StartJob& request, const Pictures& pictures) {
  auto now = floors.floors.clock.now();
  return analysis::Job{.id = analysis::new_job_id(now),
                       .account = request.container.account,
                       .container = request.container.container,
                       .prefix = request.prefix,
                       .task = request.task,
                       .purpose = TRY(identity::PurposeId::parse(exchange.purpose)),
                       .key = exchange.principal.key,
                       .progress = {.total = pictures.to_do.size() + pictures.done, .skipped = pictures.done},
                       .charged = pictures.to_do.size(),
                       .charged_bytes = pictures.bytes,
                       .request_id = exchange.request_id,
                       .started = now};
}

policy::Intent intent(const StartJob& request, policy::Bounds bounds) {
  bool identifies = request.task == analysis::JobTask::FaceIdentification;
  return {.action = identifies ? policy::actions::kFaceIdentify : policy::actions::kJobStart,
          .resource = resource(request.container),
          .bounds = bounds};
}

struct Started {
  std::shared_ptr<RunningJob> job;
  std::vector<Candidate> candidates;
  policy::Charge charge;
};

Task<Result<Started>> attempt_start(const JobFloors& floors, policy::Exchange& exchange,
                                    const StartJob& request) {
  auto& gate = floors.floors.gate;
  auto view = CO_TRY(look_up(floors.floors, request.container));
  // What is refused whatever the container holds is refused before anybody looks into it.
  auto decision = gate.decide(exchange, intent(request, {}));
  if (!view.head || std::holds_alternative<policy::Denial>(decision))
    co_return std::unexpected(co_await refuse(floors.floors, exchange, std::move(decision), view.guards,
                                              ContainerView::not_found()));
  auto found = co_await find_pictures(floors, view, request, redaction_due(floors, exchange));
  if (!found && found.error().code == Code::OutOfRangeInput)
    co_return std::unexpected(
        co_await refuse(floors.floors, exchange, std::move(decision), view.guards, found.error()));
  auto pictures = CO_TRY(std::move(found));
  auto job = CO_TRY(new_job(floors, exchange, request, pictures));
  auto committed = CO_TRY(co_await floors.floors.ledger.commit(
      exchange, gate.decide(exchange, intent(request, pictures.bounds())), {.status = 202},
      {.guards = view.guards, .writes = {write_job(*view.keys, job)}, .grows = true}));
  co_return Started{std::make_shared<RunningJob>(std::move(job), committed.journal_index()),
                    std::move(pictures.to_do), committed.take_charge()};
}

}  // namespace

analysis::Job RunningJob::snapshot() const {
  std::lock_guard lock(mutex_);
  return job_;
}

void RunningJob::end_as(analysis::JobState state) {
  auto running = analysis::JobState::Running;
  asked_.compare_exchange_strong(running, state);
}

void RunningJob::update(const std::function<void(analysis::Job&)>& change) {
  std::lock_guard lock(mutex_);
  change(job_);
}

void JobBoard::add(const std::string& id, std::shared_ptr<RunningJob> job) {
  std::lock_guard lock(mutex_);
  jobs_[id] = std::move(job);
}

void JobBoard::remove(const std::string& id) {
  std::lock_guard lock(mutex_);
  jobs_.erase(id);
}

std::shared_ptr<RunningJob> JobBoard::find(std::string_view id) const {
  std::lock_guard lock(mutex_);
  auto found = jobs_.find(id);
  return found == jobs_.end() ? nullptr : found->second;
}

void JobBoard::interrupt_all() {
  std::lock_guard lock(mutex_);
  for (auto& [id, job] : jobs_) job->end_as(analysis::JobState::Interrupted);
}

bool JobBoard::empty() const {
  std::lock_guard lock(mutex_);
  return jobs_.empty();
}

Task<Result<analysis::Job>> start_job(const JobFloors& floors, policy::Exchange& exchange,
                                      const StartJob& request) {
  CO_TRY(analysis::insights_container(request.container.container));
  CO_TRY(analysis::redacted_container(request.container.container));
  auto attempt = [&] { return attempt_start(floors, exchange, request); };
  auto started = CO_TRY(co_await until_settled(attempt));
  auto job = started.job->snapshot();
  floors.board.add(job.id, started.job);
  auto at_a_time = std::max(1u, std::thread::hardware_concurrency());
  boost::asio::co_spawn(floors.next_context(),
                        run_job(floors, std::move(started.job), exchange.principal,
                                std::move(started.candidates), std::move(started.charge), at_a_time),
                        boost::asio::detached);
  co_return job;
}

Task<Result<std::vector<analysis::Job>>> list_jobs(const JobFloors& floors, policy::Exchange& exchange,
                                                   const identity::AccountName& account) {
  auto attempt = [&]() -> Task<Result<std::vector<analysis::Job>>> {
    auto jobs = CO_TRY(read_jobs(floors, account));
    auto decision = floors.floors.gate.decide(
        exchange, {.action = policy::actions::kJobList, .resource = {account.text(), {}, {}}, .bounds = {}});
    CO_TRY(co_await floors.floors.ledger.commit(exchange, std::move(decision), {.status = 200}));
    co_return jobs;
  };
  co_return co_await until_settled(attempt);
}

Task<Result<analysis::Job>> get_job(const JobFloors& floors, policy::Exchange& exchange, const JobRef& ref) {
  auto attempt = [&]() -> Task<Result<analysis::Job>> {
    auto view = CO_TRY(look_up(floors, ref));
    auto decision = floors.floors.gate.decide(exchange, intent(policy::actions::kJobGet, ref, view));
    if (!view.job)
      co_return std::unexpected(co_await refuse(floors.floors, exchange, std::move(decision), view.guards,
                                                JobView::not_found(ref)));
    CO_TRY(co_await floors.floors.ledger.commit(exchange, std::move(decision), {.status = 200},
                                                {.guards = view.guards}));
    co_return view.running ? view.running->snapshot() : std::move(*view.job);
  };
  co_return co_await until_settled(attempt);
}

Task<Result<analysis::Job>> cancel_job(const JobFloors& floors, policy::Exchange& exchange,
                                       const JobRef& ref) {
  auto attempt = [&]() -> Task<Result<analysis::Job>> {
    auto view = CO_TRY(look_up(floors, ref));
    auto decision = floors.floors.gate.decide(exchange, intent(policy::actions::kJobCancel, ref, view));
    if (!view.running) {
      auto error = view.job ? JobView::over(*view.job) : JobView::not_found(ref);
      co_return std::unexpected(
          co_await refuse(floors.floors, exchange, std::move(decision), view.guards, std::move(error)));
    }
    CO_TRY(co_await floors.floors.ledger.commit(exchange, std::move(decision), {.status = 202},
                                                {.guards = view.guards}));
    view.running->end_as(analysis::JobState::Cancelled);
    co_return view.running->snapshot();
  };
  co_return co_await until_settled(attempt);
}

Task<Result<void>> close_interrupted_jobs(const JobFloors& floors) {
  for (const auto& ring : floors.accounts.all()) {
    auto jobs = read_jobs(floors, ring->account().name);
    // What its jobs were went with the account's content.
    if (!jobs && jobs.error().code == Code::ContentDestroyed) continue;
    for (auto& job : CO_TRY(std::move(jobs))) {
      if (job.state != analysis::JobState::Running) continue;
      auto first = find_start(floors.floors, ring->account().records().stream, job.request_id);
      // A record that was dropped, because it was kept long enough, keeps no server from starting.
      if (!first && first.error().code != Code::RecordNotFound)
        co_return std::unexpected(std::move(first).error());
      JobEnd end{
          .state = analysis::JobState::Interrupted,
          .message = "The server stopped while the job ran. Start it again: what is done is not repeated.",
          .first_index = first ? std::optional(*first) : std::nullopt,
          .used = {.items = static_cast<std::int64_t>(job.charged),
                   .bytes = static_cast<std::int64_t>(job.charged_bytes)},
          .refund = {}};
      CO_TRY(co_await close_job(floors, std::move(job), std::move(end)));
    }
  }
  co_return Result<void>{};
}

}  // namespace vitrine::operations
