// vitrine scrub status
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "app/client_commands.h"
#include "app/exit.h"

namespace vitrine::app {
namespace {

namespace json = boost::json;

std::string show_pass(const json::value& pass) {
  const auto ended = words(pass, "ended");
  auto out = fmt::format("Pass {}, begun {}, {}: {} bytes read, {} damaged\n", words(pass, "pass"),
                         words(pass, "started"),
                         ended.empty() ? fmt::format("is at {}", words(pass, "stage")) : "ended " + ended,
                         words(pass, "bytes"), words(pass, "damages"));
  for (const auto& each : pass.at("told").as_array())
    out += fmt::format("  {}: {}\n", words(each, "place"), words(each, "what"));
  return out;
}

std::string show(const json::value& answer) {
  std::string out;
  for (const auto* which : {"previous", "current"})
    if (const auto& pass = answer.at(which); pass.is_object()) out += show_pass(pass);
  return out.empty() ? "Scrub has not begun yet.\n" : out;
}

bool is_damaged(const json::value& answer) {
  const auto& pass = answer.at("current");
  return pass.is_object() && words(pass, "damages") != "0";
}

int status_of(const ApiOptions& options) {
  const auto request = api_request(options, "GET", "/scrub");
  const auto answer = request ? call_as_operator(options, *request) : std::unexpected(request.error());
  const auto printed = print(options, answer, show);
  return printed == kSuccess && is_damaged(answer->body) ? kFailure : printed;
}

}  // namespace

void add_scrub_command(CLI::App& app, int& status) {
  auto* scrub = app.add_subcommand("scrub", "How far the running server is in reading all that it stores");
  scrub->require_subcommand(1);
  auto options = std::make_shared<ApiOptions>();
  auto* showing = scrub->add_subcommand("status", "Show the last passes and what they found damaged");
  showing->footer(
      "Exit status: 0 nothing is damaged, 1 something is, or the server refused, 2 the server could not be\n"
      "asked. `vitrine fsck --online` begins a pass at once and waits for it.\n");
  add_operator_options(showing, *options);
  showing->callback([options, &status] { status = status_of(*options); });
}

}  // namespace vitrine::app
