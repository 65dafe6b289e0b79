// vitrine policy suspend | lift | show
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "app/client_commands.h"

namespace vitrine::app {
namespace {

namespace json = boost::json;

struct Asked {
  ApiOptions api;
  std::string account;
  std::string service;
};

std::string show_standing(const json::value& standing) {
  auto services = words(standing, "suspended");
  if (services.empty()) return fmt::format("{}: every service is on\n", words(standing, "account"));
  return fmt::format("{}: suspended: {}\n", words(standing, "account"), services);
}

std::string show_all(const json::value& answer) {
  const auto* list = answer.is_object() ? answer.get_object().if_contains("suspensions") : nullptr;
  if (!list || !list->is_array() || list->get_array().empty()) return "No service is suspended.\n";
  std::string out;
  for (const auto& standing : list->get_array()) out += show_standing(standing);
  return out;
}

Result<ApiAnswer> change(const Asked& asked, std::string_view method) {
  auto path = fmt::format("/suspensions/{}/{}", asked.account, asked.service);
  return call_as_operator(asked.api, TRY(api_request(asked.api, method, path)));
}

Result<ApiAnswer> show(const Asked& asked) {
  return call_as_operator(asked.api, TRY(api_request(asked.api, "GET", "/suspensions")));
}

void add_change(CLI::App* policy, const char* name, const char* help, const char* method,
                const std::shared_ptr<Asked>& asked, int& status) {
  auto* command = policy->add_subcommand(name, help);
  command->add_option("ACCOUNT", asked->account, "the storage account")->required();
  command->add_option("SERVICE", asked->service, "storage, image, video, speech, translation, search, …")
      ->required();
  add_operator_options(command, asked->api);
  command->callback(
      [asked, method, &status] { status = print(asked->api, change(*asked, method), show_standing); });
}

}  // namespace

void add_policy_command(CLI::App& app, int& status) {
  auto* policy = app.add_subcommand("policy", "Switch services off and on for an account");
  policy->require_subcommand(1);
  policy->footer(
      "A suspension is in force with its answer and leaves an entry in the public log that does not name "
      "the\n"
      "account.\n\n" +
      std::string(kExitStatus) +
      "\nExamples:\n"
      "  vitrine policy suspend cityarchive image\n"
      "  vitrine policy show\n");
  auto asked = std::make_shared<Asked>();
  add_change(policy, "suspend", "Switch a service off for an account", "PUT", asked, status);
  add_change(policy, "lift", "Switch it on again", "DELETE", asked, status);
  auto* showing = policy->add_subcommand("show", "List what is suspended");
  add_operator_options(showing, asked->api);
  showing->callback([asked, &status] { status = print(asked->api, show(*asked), show_all); });
}

}  // namespace vitrine::app
