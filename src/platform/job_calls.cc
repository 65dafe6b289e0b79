#include "platform/job_calls.h"

#include <boost/json.hpp>

#include "operations/identify_faces.h"
#include "operations/jobs.h"
#include "platform/answers.h"
#include "platform/json_fields.h"

namespace vitrine::platform {
namespace {

namespace json = boost::json;

json::object describe(const analysis::Job& job) {
  json::object progress{{"total", job.progress.total},
                        {"done", job.progress.done},
                        {"skipped", job.progress.skipped},
                        {"failed", job.progress.failed}};
  json::object out{{"id", job.id},
                   {"account", job.account.text()},
                   {"container", job.container.text()},
                   {"prefix", job.prefix},
                   {"task", name(job.task)},
                   {"purpose", job.purpose.text()},
                   {"state", name(job.state)},
                   {"progress", std::move(progress)},
                   {"charged", job.charged},
                   {"chargedBytes", job.charged_bytes},
                   {"started", to_iso8601(job.started)}};
  json::array failures;
  for (const auto& [blob, reason] : job.failures) failures.push_back({{"blob", blob}, {"reason", reason}});
  out["failures"] = std::move(failures);
  if (job.state != analysis::JobState::Running) {
    out["ended"] = to_iso8601(job.ended);
    out["message"] = job.message;
  }
  return out;
}

Result<operations::StartJob> read_start(JsonFields& fields, const identity::AccountName& account) {
  operations::StartJob request{
      .container = {account, TRY(blobs::ContainerName::parse(TRY(fields.text("container"))))},
      .prefix = TRY(fields.optional_text("prefix")).value_or(""),
      .task = TRY(analysis::parse_task(TRY(fields.text("task"))))};
  TRY(fields.end());
  return request;
}

/// The caller holds a key of the account in the path.
Result<identity::AccountName> enter(const Parts& parts, Call& call) {
  auto account = TRY(identity::AccountName::parse(call.capture("account")));
  TRY(parts.authentication.require_account(call, account.text()));
  return account;
}

}  // namespace

Task<Result<http::Response>> start_job(const Parts& parts, Call& call) {
  auto account = CO_TRY(enter(parts, call));
  auto fields = CO_TRY(co_await read_json(call.request.body));
  auto request = CO_TRY(read_start(fields, account));
  auto job = CO_TRY(co_await operations::start_job(parts.jobs, *call.exchange, request));
  co_return json_answer(202, describe(job));
}

Task<Result<http::Response>> list_jobs(const Parts& parts, Call& call) {
  auto account = CO_TRY(enter(parts, call));
  json::array out;
  for (const auto& job : CO_TRY(co_await operations::list_jobs(parts.jobs, *call.exchange, account)))
    out.push_back(describe(job));
  co_return json_answer(200, {{"jobs", std::move(out)}});
}

Task<Result<http::Response>> show_job(const Parts& parts, Call& call) {
  operations::JobRef ref{CO_TRY(enter(parts, call)), call.capture("id")};
  co_return json_answer(200, describe(CO_TRY(co_await operations::get_job(parts.jobs, *call.exchange, ref))));
}

Task<Result<http::Response>> cancel_job(const Parts& parts, Call& call) {
  operations::JobRef ref{CO_TRY(enter(parts, call)), call.capture("id")};
  co_return json_answer(202,
                        describe(CO_TRY(co_await operations::cancel_job(parts.jobs, *call.exchange, ref))));
}

Task<Result<http::Response>> refuse_faces(const Parts& parts, Call& call) {
  auto account = CO_TRY(identity::AccountName::parse(call.capture("account")));
  CO_TRY(parts.authentication.require_account_as_azure_ai(call, account.text()));
  CO_TRY(co_await operations::identify_faces(parts.floors, *call.exchange, account));
  co_return http::Response::empty(501);
}

}  // namespace vitrine::platform
