#include "app/client_commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "app/exit.h"

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

}  // namespace

void add_server_options(CLI::App* command, ApiOptions& options) {
  command->add_option("--server", options.server, "the server's platform port")
      ->envname("VITRINE_SERVER")
      ->capture_default_str();
  command->add_flag("--json", options.json, "print the answer as one line of JSON");
}

void add_operator_options(CLI::App* command, ApiOptions& options) {
  add_server_options(command, options);
  command->add_option("--token-file", options.token_file, "file with the operator's token");
  command->add_option("--data-dir", options.data_dir, "the server's data directory, whose token is used")
      ->envname("VITRINE_DATA_DIR")
      ->capture_default_str();
}

void add_account_options(CLI::App* command, ApiOptions& options) {
  add_server_options(command, options);
  command->add_option("--account", options.account, "the storage account")->required();
  command->add_option("--key", options.key,
                      "one of its keys, base64; better in the variable VITRINE_ACCOUNT_KEY");
  command->add_option("--purpose", options.purpose, "one of the key's purposes; without it, its default");
}

int print(const ApiOptions& options, const Result<json::value>& answer,
          std::string (*show)(const json::value&)) {
  if (!answer) return report(std::unexpected(answer.error()));
  fmt::print("{}", options.json ? json::serialize(*answer) + "\n" : show(*answer));
  return kSuccess;
}

std::string words(const json::value& object, std::string_view member) {
  const auto* value = object.is_object() ? object.get_object().if_contains(member) : nullptr;
  auto text = value ? in_words(*value) : std::string();
  return text.empty() ? "-" : text;
}

}  // namespace vitrine::app
