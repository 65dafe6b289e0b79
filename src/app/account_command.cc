// vitrine account create | list | key add | key remove | rotate-key | shred
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "app/client_commands.h"
#include "app/first_accounts.h"

namespace vitrine::app {
namespace {

namespace json = boost::json;

struct Asked {
  ApiOptions api;
  std::string account;
  std::string organisation;
  std::string key_name;
  std::string purpose = "archive";
  std::vector<std::string> also;
  std::string confirmed;
  bool promises = false;
  bool for_ever = false;
};

json::array keys_of(const json::value& account) {
  const auto* keys = account.is_object() ? account.get_object().if_contains("keys") : nullptr;
  return keys && keys->is_array() ? keys->get_array() : json::array();
}

std::string show_key(const json::value& key) {
  auto also = words(key, "also");
  return fmt::format("  {:<16} purpose {}{}{}\n", words(key, "name"), words(key, "purpose"),
                     also.empty() ? "" : ", may choose " + also,
                     words(key, "promises") == "true" ? "; asks for promises" : "");
}

std::string show_secret(const json::value& key) {
  return show_key(key) + fmt::format("  {:<16} {}\n", "", words(key, "secret")) +
         "Keep the key now: it is not shown again.\n";
}

std::string show_created(const json::value& account) {
  auto out = fmt::format("Account {} of organisation {}, slot {}, journal {}\n", words(account, "name"),
                         words(account, "organisation"), words(account, "slot"), words(account, "journal"));
  for (const auto& key : keys_of(account)) out += show_secret(key);
  return out;
}

std::string show_list(const json::value& answer) {
  std::string out;
  const auto* accounts = answer.is_object() ? answer.get_object().if_contains("accounts") : nullptr;
  if (!accounts || !accounts->is_array()) return out;
  for (const auto& account : accounts->get_array()) {
    auto name = words(account, "name");
    const bool is_shredded = words(account, "epoch") == "0";
    out += fmt::format("{:<24} organisation {}, slot {}{}{}\n", name, words(account, "organisation"),
                       words(account, "slot"), name == identity::kSystemAccount ? "; the server's own" : "",
                       is_shredded ? "; shredded: its data keys are destroyed" : "");
    for (const auto& key : keys_of(account)) out += show_key(key);
  }
  return out;
}

json::object key_body(const std::string& name, const Asked& asked) {
  json::array also;
  for (const auto& purpose : asked.also) also.emplace_back(purpose);
  return {
      {"name", name}, {"purpose", asked.purpose}, {"also", std::move(also)}, {"promises", asked.promises}};
}

Result<ApiAnswer> create(const Asked& asked) {
  json::object body{{"name", asked.account}, {"keys", json::array{key_body("key1", asked)}}};
  if (!asked.organisation.empty()) body["organisation"] = asked.organisation;
  return call_as_operator(asked.api, TRY(api_request(asked.api, "POST", "/accounts", std::move(body))));
}

Result<ApiAnswer> list(const Asked& asked) {
  return call_as_operator(asked.api, TRY(api_request(asked.api, "GET", "/accounts")));
}

Result<ApiAnswer> add_key(const Asked& asked) {
  auto path = fmt::format("/accounts/{}/keys", asked.account);
  return call_as_operator(asked.api,
                          TRY(api_request(asked.api, "POST", path, key_body(asked.key_name, asked))));
}

Result<ApiAnswer> remove_key(const Asked& asked) {
  auto path = fmt::format("/accounts/{}/keys/{}", asked.account, asked.key_name);
  return call_as_operator(asked.api, TRY(api_request(asked.api, "DELETE", path)));
}

Result<ApiAnswer> rotate_data_key(const Asked& asked) {
  auto path = fmt::format("/accounts/{}/data-keys", asked.account);
  return call_as_operator(asked.api, TRY(api_request(asked.api, "POST", path)));
}

std::string show_epoch(const json::value& account) {
  return fmt::format("What {} writes from now on is encrypted under its data key {}.\n",
                     words(account, "name"), words(account, "epoch"));
}

Result<ApiAnswer> shred(const Asked& asked) {
  if (asked.confirmed != asked.account)
    return fail(Code::InvalidInput, "--confirm does not repeat the account's name: nothing was destroyed.");
  auto path = fmt::format("/accounts/{}/data-keys", asked.account);
  json::object body{{"account", asked.confirmed}, {"understood", asked.for_ever ? "destroyed for ever" : ""}};
  return call_as_operator(asked.api, TRY(api_request(asked.api, "DELETE", path, std::move(body))));
}

std::string show_list_of(const json::value& answer, std::string_view title, const char* member) {
  std::string out = fmt::format("{}\n", title);
  const auto* lines = answer.is_object() ? answer.get_object().if_contains(member) : nullptr;
  if (!lines || !lines->is_array()) return out;
  for (const auto& line : lines->get_array()) out += fmt::format("  - {}\n", line.as_string().c_str());
  return out;
}

std::string show_shredded(const json::value& answer, const std::string& server) {
  const auto* how = words(answer, "epochsDestroyed") == "0"
                        ? "were destroyed before; no more is left to destroy"
                        : "are destroyed";
  return show_list_of(answer,
                      fmt::format("The data keys of the account {} of the server at {} {}.",
                                  words(answer, "account"), server, how),
                      "done") +
         show_list_of(answer, "Not done by this:", "left");
}

std::string show_left(const json::value& account) {
  auto out = fmt::format("{} has left:\n", words(account, "name"));
  for (const auto& key : keys_of(account)) out += show_key(key);
  return out;
}

void add_new_key_options(CLI::App* command, Asked& asked) {
  command->add_option("--purpose", asked.purpose, "what the key is for, of the purpose register")
      ->capture_default_str();
  command
      ->add_option(
          "--also", asked.also,
          "purposes that its holder may choose instead: with commas between them, or one for each --also")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_flag("--promises", asked.promises,
                    "every answer to a request of this key carries a signed promise of its record");
}

void add_data_key_commands(CLI::App* account, const std::shared_ptr<Asked>& asked, int& status) {
  auto* rotating =
      account->add_subcommand("rotate-key", "Encrypt what is written from now on under a new key");
  rotating->add_option("NAME", asked->account, "the account")->required();
  add_operator_options(rotating, asked->api);
  rotating->callback([asked, &status] { status = print(asked->api, rotate_data_key(*asked), show_epoch); });

  auto* shredding =
      account->add_subcommand("shred", "Destroy an account's data keys: its content can never be read again");
  shredding->add_option("NAME", asked->account, "the account")->required();
  shredding->add_option("--confirm", asked->confirmed, "the account's name once more")->required();
  shredding->add_flag("--for-ever", asked->for_ever, "that this cannot be undone is understood")->required();
  add_operator_options(shredding, asked->api);
  shredding->callback([asked, &status] {
    status = print(asked->api, shred(*asked),
                   [&](const json::value& answer) { return show_shredded(answer, asked->api.server); });
  });
}

}  // namespace

void add_account_command(CLI::App& app, int& status) {
  auto* account = app.add_subcommand("account", "Make and list storage accounts and their keys");
  account->require_subcommand(1);
  account->footer(
      std::string(kExitStatus) +
      "\nExamples:\n"
      "  vitrine account create cityarchive --organisation springfield --purpose archive\n"
      "  vitrine account key add cityarchive release --purpose public-records-release --also archive\n");
  auto asked = std::make_shared<Asked>();

  auto* creating = account->add_subcommand("create", "Make an account with one key");
  creating->add_option("NAME", asked->account, "3 to 24 lower-case letters and digits")->required();
  creating->add_option("--organisation", asked->organisation,
                       "whose it is; without it, one of the same name");
  add_new_key_options(creating, *asked);
  add_operator_options(creating, asked->api);
  creating->callback([asked, &status] { status = print(asked->api, create(*asked), show_created); });

  auto* listing = account->add_subcommand("list", "List the accounts");
  add_operator_options(listing, asked->api);
  listing->callback([asked, &status] { status = print(asked->api, list(*asked), show_list); });

  add_data_key_commands(account, asked, status);

  auto* key = account->add_subcommand("key", "Keys of an account");
  key->require_subcommand(1);
  auto* adding = key->add_subcommand("add", "Make another key");
  adding->add_option("NAME", asked->account, "the account")->required();
  adding->add_option("KEYNAME", asked->key_name, "lower-case letters, digits and hyphens")->required();
  add_new_key_options(adding, *asked);
  add_operator_options(adding, asked->api);
  adding->callback([asked, &status] { status = print(asked->api, add_key(*asked), show_secret); });

  auto* removing = key->add_subcommand("remove", "Take a key away: what is signed with it is refused");
  removing->add_option("NAME", asked->account, "the account")->required();
  removing->add_option("KEYNAME", asked->key_name, "one of its keys, not the last one")->required();
  add_operator_options(removing, asked->api);
  removing->callback([asked, &status] { status = print(asked->api, remove_key(*asked), show_left); });
}

}  // namespace vitrine::app
