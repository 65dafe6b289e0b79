// vitrine job start | list | show | cancel
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <thread>

#include "app/client_commands.h"
#include "app/exit.h"

namespace vitrine::app {
namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds kLookAgain{500};

struct Asked {
  ApiOptions api;
  std::string container;
  std::string task = "image-analysis";
  std::string prefix;
  std::string id;
  bool wait = false;
};

std::string jobs_path(const Asked& asked) {
  return fmt::format("/accounts/{}/jobs", asked.api.account);
}

std::string job_path(const Asked& asked) {
  return fmt::format("{}/{}", jobs_path(asked), asked.id);
}

std::string show_job(const json::value& job) {
  const auto* progress = job.is_object() ? job.get_object().if_contains("progress") : nullptr;
  auto of = [&](std::string_view member) { return progress ? words(*progress, member) : std::string("-"); };
  auto out = fmt::format("{}  {:<11}  {}  {}/{}\n", words(job, "id"), words(job, "state"), words(job, "task"),
                         words(job, "container"), words(job, "prefix"));
  out += fmt::format("  {} pictures: {} analysed, {} known already, {} failed; for {}; started {}\n",
                     of("total"), of("done"), of("skipped"), of("failed"), words(job, "purpose"),
                     words(job, "started"));
  if (words(job, "message") != "-") out += fmt::format("  {}\n", words(job, "message"));
  return out;
}

std::string show_jobs(const json::value& answer) {
  std::string out;
  const auto* jobs = answer.is_object() ? answer.get_object().if_contains("jobs") : nullptr;
  if (!jobs || !jobs->is_array()) return out;
  for (const auto& job : jobs->get_array()) out += show_job(job);
  return out;
}

Result<json::value> show(const Asked& asked) {
  return call_as_account(asked.api, TRY(api_request(asked.api, "GET", job_path(asked))));
}

Result<json::value> start(const Asked& asked) {
  json::object body{{"container", asked.container}, {"task", asked.task}};
  if (!asked.prefix.empty()) body["prefix"] = asked.prefix;
  auto job =
      TRY(call_as_account(asked.api, TRY(api_request(asked.api, "POST", jobs_path(asked), std::move(body)))));
  auto started = asked;
  started.id = words(job, "id");
  while (asked.wait && words(job, "state") == "running") {
    std::this_thread::sleep_for(kLookAgain);
    job = TRY(show(started));
  }
  return job;
}

Result<json::value> list(const Asked& asked) {
  return call_as_account(asked.api, TRY(api_request(asked.api, "GET", jobs_path(asked))));
}

Result<json::value> cancel(const Asked& asked) {
  return call_as_account(asked.api, TRY(api_request(asked.api, "DELETE", job_path(asked))));
}

/// A job that was waited for and did not succeed is a failure of the command.
int print_waited(const Asked& asked, const Result<json::value>& job) {
  auto status = print(asked.api, job, show_job);
  if (!asked.wait || status != kSuccess || words(*job, "state") == "succeeded") return status;
  return kFailure;
}

CLI::App* add_with_id(CLI::App* job, const char* name, const char* help, Asked& asked) {
  auto* command = job->add_subcommand(name, help);
  command->add_option("ID", asked.id, "the job")->required();
  add_account_options(command, asked.api);
  return command;
}

}  // namespace

void add_job_command(CLI::App& app, int& status) {
  auto* job = app.add_subcommand("job", "Analyse what is stored");
  job->require_subcommand(1);
  job->footer(
      "Examples:\n"
      "  vitrine job start --account cityarchive --container photos --task image-analysis --wait\n"
      "  vitrine job list --account cityarchive\n");
  auto asked = std::make_shared<Asked>();

  auto* starting = job->add_subcommand("start", "Begin a task over the blobs of a container");
  starting->add_option("--container", asked->container, "where the pictures are")->required();
  starting->add_option("--task", asked->task, "image-analysis; face-identification is refused, on record")
      ->capture_default_str();
  starting->add_option("--prefix", asked->prefix, "only blobs whose names begin so");
  starting->add_flag("--wait", asked->wait, "return when the job is over; 0 only if it succeeded");
  add_account_options(starting, asked->api);
  starting->callback([asked, &status] { status = print_waited(*asked, start(*asked)); });

  auto* listing = job->add_subcommand("list", "List an account's jobs, oldest first");
  add_account_options(listing, asked->api);
  listing->callback([asked, &status] { status = print(asked->api, list(*asked), show_jobs); });

  auto* showing = add_with_id(job, "show", "Show one job", *asked);
  showing->callback([asked, &status] { status = print(asked->api, show(*asked), show_job); });

  auto* cancelling = add_with_id(job, "cancel", "End a job after the pictures it works on", *asked);
  cancelling->callback([asked, &status] { status = print(asked->api, cancel(*asked), show_job); });
}

}  // namespace vitrine::app
