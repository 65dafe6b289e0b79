// vitrine job start | wait | list | show | cancel | receipts
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <thread>

#include "app/client_commands.h"
#include "app/exit.h"
#include "base/counted.h"
#include "base/encoding.h"
#include "base/file.h"

namespace vitrine::app {
namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds kLookAgain{500};
constexpr std::chrono::seconds kBetweenProgress{1};

struct Asked {
  ApiOptions api;
  std::string container;
  std::string task = "image-analysis";
  std::string prefix;
  std::string id;
  std::string folder;
  bool wait = false;
};

std::string jobs_path(const Asked& asked) {
  return fmt::format("/accounts/{}/jobs", asked.api.account);
}

std::string job_path(const Asked& asked) {
  return fmt::format("{}/{}", jobs_path(asked), asked.id);
}

json::value progress_of(const json::value& job) {
  const auto* progress = job.is_object() ? job.get_object().if_contains("progress") : nullptr;
  return progress ? *progress : json::value();
}

std::string pictures(const std::string& count) {
  return count + (count == "1" ? " picture" : " pictures");
}

/// "2026-01-02T03:04:05.678Z" without what is below a second.
std::string to_seconds(const std::string& time) {
  auto point = time.find('.');
  return point == std::string::npos ? time : time.substr(0, point) + "Z";
}

std::string show_job(const json::value& job) {
  auto progress = progress_of(job);
  auto prefix = words(job, "prefix");
  auto out = fmt::format("{}  {:<11}  {}  {}{}\n", words(job, "id"), words(job, "state"), words(job, "task"),
                         words(job, "container"), prefix.empty() ? "" : "/" + prefix);
  out += fmt::format("  {}: {} analysed, {} known already, {} failed; for {}; started {}\n",
                     pictures(words(progress, "total")), words(progress, "done"), words(progress, "skipped"),
                     words(progress, "failed"), words(job, "purpose"), to_seconds(words(job, "started")));
  if (auto message = words(job, "message"); !message.empty()) out += fmt::format("  {}\n", message);
  const auto* failures = job.is_object() ? job.get_object().if_contains("failures") : nullptr;
  if (failures && failures->is_array())
    for (const auto& failure : failures->get_array())
      out += fmt::format("  {}: {}\n", words(failure, "blob"), words(failure, "reason"));
  return out;
}

std::string show_jobs(const json::value& answer) {
  std::string out;
  const auto* jobs = answer.is_object() ? answer.get_object().if_contains("jobs") : nullptr;
  if (!jobs || !jobs->is_array()) return out;
  for (const auto& job : jobs->get_array()) out += show_job(job);
  return out;
}

/// Tells a waiting person how far a job is, when that has changed and not too often.
class Progress {
 public:
  void tell(const json::value& job) {
    auto progress = progress_of(job);
    auto line =
        fmt::format("{}: {} analysed, {} known already, {} failed", pictures(words(progress, "total")),
                    words(progress, "done"), words(progress, "skipped"), words(progress, "failed"));
    auto now = std::chrono::steady_clock::now();
    if (line == last_ || now < next_) return;
    fmt::print(stderr, "{}\n", line);
    last_ = std::move(line);
    next_ = now + kBetweenProgress;
  }

 private:
  std::string last_;
  std::chrono::steady_clock::time_point next_{};
};

Result<ApiAnswer> show(const Asked& asked) {
  return call_as_account(asked.api, TRY(api_request(asked.api, "GET", job_path(asked))));
}

/// The job once it is over, or the refusal to tell.
Result<ApiAnswer> wait(const Asked& asked) {
  for (Progress progress;; std::this_thread::sleep_for(kLookAgain)) {
    auto job = TRY(show(asked));
    if (job.refused() || words(job.body, "state") != "running") return job;
    progress.tell(job.body);
  }
}

Result<ApiAnswer> start(const Asked& asked) {
  json::object body{{"container", asked.container}, {"task", asked.task}};
  if (!asked.prefix.empty()) body["prefix"] = asked.prefix;
  auto job =
      TRY(call_as_account(asked.api, TRY(api_request(asked.api, "POST", jobs_path(asked), std::move(body)))));
  if (!asked.wait || job.refused()) return job;
  auto started = asked;
  started.id = words(job.body, "id");
  fmt::print(stderr, "Job {} is running; Ctrl-C ends the waiting only.\n", started.id);
  return wait(started);
}

Result<ApiAnswer> list(const Asked& asked) {
  return call_as_account(asked.api, TRY(api_request(asked.api, "GET", jobs_path(asked))));
}

Result<ApiAnswer> cancel(const Asked& asked) {
  return call_as_account(asked.api, TRY(api_request(asked.api, "DELETE", job_path(asked))));
}

/// A job that was waited for and did not succeed is a failure of the command.
int print_waited(const Asked& asked, const Result<ApiAnswer>& job) {
  auto status = print(asked.api, job, show_job);
  return status == kSuccess && words(job->body, "state") != "succeeded" ? kFailure : status;
}

/// How many receipts of a job there were.
struct Fetched {
  std::size_t kept = 0, not_ready = 0;
  bool complete = false;  ///< the receipt of the job's end is among them
};

/// Errors: those of replace_file.
Result<void> keep(const Asked& asked, const json::value& page, Fetched& fetched) {
  const auto* receipts = page.is_object() ? page.get_object().if_contains("receipts") : nullptr;
  if (!receipts || !receipts->is_array())
    return fail(Code::Unavailable, "The server's answer lists no receipts: it is of another version.");
  for (const auto& each : receipts->get_array()) {
    const auto receipt = words(each, "receipt");
    if (receipt.empty()) {
      ++fetched.not_ready;
      continue;
    }
    // A token's form is checked, because it becomes the name of a file.
    const auto token = to_hex(TRY(from_hex(words(each, "token"))));
    TRY(replace_file(std::filesystem::path(asked.folder) / (token + ".json"), as_bytes(receipt)));
    ++fetched.kept;
  }
  return {};
}

/// The last answer, once every receipt that is to be had is in the folder; or the refusal.
Result<ApiAnswer> fetch_receipts(const Asked& asked, Fetched& fetched) {
  for (std::string marker;;) {
    const auto path =
        fmt::format("{}/receipts{}{}", job_path(asked), marker.empty() ? "" : "?marker=", marker);
    auto page = TRY(call_as_account(asked.api, TRY(api_request(asked.api, "GET", path))));
    if (page.refused()) return page;
    TRY(keep(asked, page.body, fetched));
    marker = words(page.body, "next");
    fetched.complete = marker.empty();
    if (fetched.complete || words(page.body, "upToDate") == "true") return page;
  }
}

/// 0 only when all receipts of a job that is over are there.
int print_fetched(const Asked& asked) {
  Fetched fetched;
  auto answer = fetch_receipts(asked, fetched);
  const bool all = fetched.complete && fetched.not_ready == 0;
  if (answer && !answer->refused())
    answer->body = {{"folder", asked.folder},
                    {"receipts", fetched.kept},
                    {"notReady", fetched.not_ready},
                    {"complete", all}};
  const auto status = print(asked.api, answer, [&](const json::value&) {
    auto out =
        fmt::format("{} of job {}: in {}.\n", counted(fetched.kept, "receipt"), asked.id, asked.folder);
    if (fetched.not_ready > 0)
      out += fmt::format("{} not sealed yet: ask again.\n", counted(fetched.not_ready, "is", "are"));
    if (!fetched.complete) out += "The job is not over: ask again when it is.\n";
    return out;
  });
  return status == kSuccess && !all ? kFailure : status;
}

CLI::App* add_with_id(CLI::App* job, const char* name, const char* help, Asked& asked) {
  auto* command = job->add_subcommand(name, help);
  command->add_option("ID", asked.id, "the job")->required();
  add_account_options(command, asked.api);
  return command;
}

void add_start(CLI::App* job, const std::shared_ptr<Asked>& asked, int& status) {
  auto* starting = job->add_subcommand("start", "Begin a task over the pictures of a container");
  starting->add_option("--container", asked->container, "where the pictures are")->required();
  starting->add_option("--task", asked->task, "image-analysis; face-identification is refused, on record")
      ->capture_default_str();
  starting->add_option("--prefix", asked->prefix, "only blobs whose names begin so");
  starting->add_flag("--wait", asked->wait, "return when the job is over; 0 only if it succeeded");
  add_account_options(starting, asked->api);
  starting->callback([asked, &status] {
    auto job = start(*asked);
    status = asked->wait ? print_waited(*asked, job) : print(asked->api, job, show_job);
  });
}

}  // namespace

void add_job_command(CLI::App& app, int& status) {
  auto* job = app.add_subcommand("job", "Analyse what is stored");
  job->require_subcommand(1);
  job->footer(
      "Pictures are blobs whose content type or ending says JPEG, PNG, WebP, TIFF or BMP.\n\n"
      "Exit status: 0 done, 1 the server refused or the job that was waited for did not succeed, 2 the\n"
      "command is wrong or the server could not be asked.\n\n"
      "Examples:\n"
      "  vitrine job start --account cityarchive --container photos --task image-analysis --wait\n"
      "  vitrine job list --account cityarchive\n"
      "  vitrine job receipts 0005f2a1… --account cityarchive --to receipts\n");
  auto asked = std::make_shared<Asked>();
  add_start(job, asked, status);

  auto* waiting = add_with_id(job, "wait", "Return when a job is over; 0 only if it succeeded", *asked);
  waiting->callback([asked, &status] { status = print_waited(*asked, wait(*asked)); });

  auto* listing = job->add_subcommand("list", "List an account's jobs, oldest first");
  add_account_options(listing, asked->api);
  listing->callback([asked, &status] { status = print(asked->api, list(*asked), show_jobs); });

  auto* showing = add_with_id(job, "show", "Show one job", *asked);
  showing->callback([asked, &status] { status = print(asked->api, show(*asked), show_job); });

  auto* receipts = add_with_id(
      job, "receipts", "Keep the receipts of a job's start, steps and end; 0 only if all are there", *asked);
  receipts->add_option("--to", asked->folder, "the folder to keep them in, one file each")->required();
  receipts->callback([asked, &status] { status = print_fetched(*asked); });

  auto* cancelling = add_with_id(job, "cancel", "End a job after the pictures it works on", *asked);
  cancelling->callback([asked, &status] { status = print(asked->api, cancel(*asked), show_job); });
}

}  // namespace vitrine::app
