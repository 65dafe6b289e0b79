// vitrine operator-key rotate
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "app/client_commands.h"

namespace vitrine::app {
namespace {

namespace json = boost::json;

Result<ApiAnswer> rotate(const ApiOptions& options) {
  return call_as_operator(options, TRY(api_request(options, "POST", "/operator-key")));
}

std::string show_rotated(const json::value& answer) {
  auto out = fmt::format("{} data keys of {} accounts are wrapped under the new operator's key.\n",
                         words(answer, "keys"), words(answer, "accounts"));
  out += "The one before still opens what it wrapped in:\n";
  for (const auto& line : answer.at("left").as_array())
    out += fmt::format("  - {}\n", line.as_string().c_str());
  return out;
}

}  // namespace

void add_operator_key_command(CLI::App& app, int& status) {
  auto* key = app.add_subcommand("operator-key", "The key under which the accounts' data keys are wrapped");
  key->require_subcommand(1);
  auto options = std::make_shared<ApiOptions>();
  auto* rotating = key->add_subcommand(
      "rotate", "Wrap every data key under a new operator's key and forget the one before");
  rotating->footer(std::string(kExitStatus) +
                   "Requests are served meanwhile. One that was cut off is gone on with by the next.\n");
  add_operator_options(rotating, *options);
  rotating->callback([options, &status] { status = print(*options, rotate(*options), show_rotated); });
}

}  // namespace vitrine::app
