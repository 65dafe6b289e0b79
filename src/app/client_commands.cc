#include "app/client_commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "app/exit.h"
#include "app/fetch.h"
#include "app/option_variable.h"

namespace vitrine::app {
namespace {

namespace json = boost::json;

std::string in_words(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (!value.is_array()) return value.is_null() ? "" : json::serialize(value);
  std::string out;
  for (const auto& item : value.get_array()) out += (out.empty() ? "" : ", ") + in_words(item);
  return out;
}

int print_refusal(const json::object& refusal, bool as_json) {
  if (as_json) {
    fmt::print("{}\n", json::serialize(refusal));
    return kFailure;
  }
  const auto& error = refusal.at("error");
  auto text = words(error, "message");
  if (auto policy = words(error, "policy"); !policy.empty()) text += fmt::format(" (policy {})", policy);
  if (auto receipt = words(error, "receipt"); !receipt.empty())
    text += fmt::format("\nThis is on record; its receipt: {}", receipt);
  fmt::print(stderr, "vitrine: {}\n", text);
  return kFailure;
}

}  // namespace

void add_server_options(CLI::App* command, ApiOptions& options) {
  add_option_with_variable(command, "--server", options.server, "the server's platform port",
                           "VITRINE_SERVER", &options.server_named)
      ->capture_default_str();
  add_ca_option(command, options.ca);
  command->add_flag("--json", options.json, "print the answer as one line of JSON");
}

void add_operator_options(CLI::App* command, ApiOptions& options) {
  add_server_options(command, options);
  command->add_option(
      "--token-file", options.token_file,
      "file with the operator's token, which may also be the value of VITRINE_OPERATOR_TOKEN");
  add_option_with_variable(command, "--data-dir", options.data_dir,
                           "the server's data directory, whose token is used", "VITRINE_DATA_DIR",
                           &options.data_dir_named)
      ->capture_default_str();
}

void add_account_options(CLI::App* command, ApiOptions& options) {
  add_server_options(command, options);
  command->add_option("--data-dir", options.data_dir,
                      "not needed, the key is enough; taken because all other commands take it");
  command->add_option("--account", options.account, "the storage account")->required();
  add_key_options(command, options);
}

void add_key_options(CLI::App* command, ApiOptions& options) {
  command->add_option("--key", options.key,
                      "one of the account's keys, base64; better in the variable VITRINE_ACCOUNT_KEY");
  command->add_option("--purpose", options.purpose, "one of the key's purposes; without it, its default");
}

int print(const ApiOptions& options, const Result<ApiAnswer>& answer,
          const std::function<std::string(const json::value&)>& show) {
  if (!answer) return report_unasked(answer.error(), options.json);
  if (answer->refused()) return print_refusal(answer->refusal(), options.json);
  fmt::print("{}", options.json ? json::serialize(answer->body) + "\n" : show(answer->body));
  return kSuccess;
}

std::string words(const json::value& object, std::string_view member) {
  const auto* value = object.is_object() ? object.get_object().if_contains(member) : nullptr;
  return value ? in_words(*value) : "";
}

}  // namespace vitrine::app
