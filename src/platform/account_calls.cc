#include "platform/account_calls.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "operations/accounts.h"
#include "operations/data_keys.h"
#include "operations/suspensions.h"
#include "platform/answers.h"
#include "platform/json_fields.h"

namespace vitrine::platform {
namespace {

namespace json = boost::json;

constexpr const char* kFirstKey = "key1";
constexpr const char* kFirstPurpose = "archive";
constexpr const char* kUnderstood = "destroyed for ever";

json::object describe(const identity::AccessKey& key) {
  json::array also;
  for (const auto& purpose : key.allowed_purposes) also.emplace_back(purpose.text());
  return {{"name", key.name.text()},
          {"purpose", key.default_purpose.text()},
          {"also", std::move(also)},
          {"promises", key.asks_promises},
          {"created", to_iso8601(key.created)}};
}

json::object describe_with_secret(const identity::AccessKey& key) {
  auto out = describe(key);
  out["secret"] = to_base64(key.secret);
  return out;
}

json::object describe(const identity::Account& account,
                      json::object (*describe_key)(const identity::AccessKey&)) {
  json::array keys;
  for (const auto& key : account.keys) keys.push_back(describe_key(key));
  return {{"name", account.name.text()},
          {"organisation", account.organisation.text()},
          {"slot", account.slot},
          {"journal", to_hex(account.records().journal)},
          {"logSalt", to_hex(account.log_salt)},
          {"epoch", account.data_keys.empty() ? 0 : account.data_keys.back().epoch},
          {"keys", std::move(keys)}};
}

Result<operations::NewKey> read_key(JsonFields& fields) {
  operations::NewKey key{.name = TRY(identity::KeyName::parse(TRY(fields.text("name")))),
                         .secret = {},
                         .default_purpose = TRY(identity::PurposeId::parse(TRY(fields.text("purpose")))),
                         .allowed_purposes = {}};
  for (const auto& purpose : TRY(fields.texts("also")))
    key.allowed_purposes.push_back(TRY(identity::PurposeId::parse(purpose)));
  key.asks_promises = TRY(fields.flag("promises"));
  TRY(fields.end());
  return key;
}

Result<operations::CreateAccount> read_account(JsonFields& fields) {
  auto name = TRY(fields.text("name"));
  auto organisation = TRY(fields.optional_text("organisation")).value_or(name);
  operations::CreateAccount request{.name = TRY(identity::AccountName::parse(name)),
                                    .organisation = TRY(identity::OrganisationId::parse(organisation)),
                                    .keys = {}};
  for (auto& key : TRY(fields.objects("keys"))) request.keys.push_back(TRY(read_key(key)));
  TRY(fields.end());
  if (request.keys.empty())
    request.keys.push_back({.name = TRY(identity::KeyName::parse(kFirstKey)),
                            .secret = {},
                            .default_purpose = TRY(identity::PurposeId::parse(kFirstPurpose)),
                            .allowed_purposes = {}});
  return request;
}

/// Two keys of one name would make one of the secrets unusable.
Result<void> check_key_names(const std::vector<operations::NewKey>& keys) {
  for (std::size_t i = 0; i < keys.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (keys[i].name == keys[j].name)
        return fail(Code::InvalidInput, fmt::format("The key '{}' stands there twice.", keys[i].name.text()));
  return {};
}

/// The operator acts on an account that exists.
Result<std::shared_ptr<const identity::KeyRing>> enter(const Parts& parts, Call& call) {
  TRY(parts.authentication.require_operator(call));
  const auto& name = call.capture("account");
  auto ring = parts.accounts.find(name);
  if (!ring)
    return fail(Code::AccountNotFound, fmt::format("There is no account '{}' on this server.", name));
  TRY(parts.authentication.act_as_operator(call, ring->account()));
  return ring;
}

json::array services_of(const policy::Standing& standing) {
  json::array out;
  for (std::size_t i = 0; i < policy::kServiceCount; ++i)
    if (standing.suspended.test(i)) out.emplace_back(name(static_cast<policy::Service>(i)));
  return out;
}

json::object describe(const operations::Destroyed& destroyed) {
  json::array done{"every data key is gone from the server's memory, but for downloads that have begun",
                   "the account's row holds no wrapped key any more"};
  json::array left{
      "backups and copies of the data directory: they hold the wrapped keys, which the operator's key opens",
      "bytes on the disk under files that were deleted: only the disk itself can overwrite them",
      "what was read before, in whatever hands it is",
      "ciphertext of the content, which nothing opens, and the room it takes",
      "names of containers and blobs, index tags, and the journal, which are not encrypted"};
  const char* files = "the store's files and log hold no wrapped key any more";
  if (!destroyed.left_on_disk)
    done.emplace_back(files);
  else
    left.insert(left.begin(),
                json::value(fmt::format("wrapped keys in the store's files or log, until this is asked "
                                        "for again or they are cleaned: {}",
                                        destroyed.left_on_disk->message)));
  return {{"account", destroyed.account.name.text()},
          {"epochsDestroyed", destroyed.epochs},
          {"done", std::move(done)},
          {"left", std::move(left)}};
}

Task<Result<http::Response>> change_suspension(const Parts& parts, Call& call, bool suspended) {
  auto ring = CO_TRY(enter(parts, call));
  operations::ChangeSuspension request{.account = ring->account().name,
                                       .service = CO_TRY(policy::parse_service(call.capture("service"))),
                                       .suspended = suspended};
  auto changed = CO_TRY(co_await operations::change_suspension(parts.floors, *call.exchange, request));
  json::object out{{"account", request.account.text()}, {"suspended", services_of(changed.standing)}};
  if (changed.salt) out["logSalt"] = to_hex(changed.salt->bytes);
  co_return json_answer(200, std::move(out));
}

json::array names_of(const auto& words) {
  json::array out;
  for (auto word : words) out.emplace_back(name(word));
  return out;
}

json::object describe(const policy::Purpose& purpose) {
  json::array budgets;
  for (const auto& budget : purpose.budgets)
    budgets.push_back({{"service", name(budget.service)},
                       {"quantity", name(budget.quantity)},
                       {"window", name(budget.window)},
                       {"limit", budget.limit}});
  return {{"id", purpose.id},
          {"title", purpose.title},
          {"dpv", purpose.dpv},
          {"services", names_of(purpose.services)},
          {"obligations", names_of(purpose.obligations)},
          {"budget", std::move(budgets)}};
}

}  // namespace

Task<Result<http::Response>> list_accounts(const Parts& parts, Call& call) {
  CO_TRY(parts.authentication.require_operator(call));
  json::array accounts;
  for (const auto& ring : parts.accounts.all()) accounts.push_back(describe(ring->account(), describe));
  co_return json_answer(200, {{"accounts", std::move(accounts)}});
}

Task<Result<http::Response>> create_account(const Parts& parts, Call& call) {
  CO_TRY(parts.authentication.require_operator(call));
  auto fields = CO_TRY(co_await read_json(call.request.body));
  auto request = CO_TRY(read_account(fields));
  CO_TRY(check_key_names(request.keys));
  CO_TRY(parts.authentication.act_as_operator(
      call,
      {.name = request.name, .organisation = request.organisation, .slot = 0, .journal = {}, .keys = {}}));
  auto account = CO_TRY(
      co_await operations::create_account(parts.floors, parts.accounts, *call.exchange, std::move(request)));
  co_return json_answer(201, describe(account, describe_with_secret));
}

Task<Result<http::Response>> create_key(const Parts& parts, Call& call) {
  auto ring = CO_TRY(enter(parts, call));
  auto fields = CO_TRY(co_await read_json(call.request.body));
  auto key = CO_TRY(read_key(fields));
  auto account = CO_TRY(co_await operations::create_key(parts.floors, parts.accounts, *call.exchange,
                                                        ring->account().name, std::move(key)));
  co_return json_answer(201, describe_with_secret(account.keys.back()));
}

Task<Result<http::Response>> remove_key(const Parts& parts, Call& call) {
  auto ring = CO_TRY(enter(parts, call));
  auto key = CO_TRY(identity::KeyName::parse(call.capture("key")));
  auto account = CO_TRY(co_await operations::remove_key(parts.floors, parts.accounts, *call.exchange,
                                                        ring->account().name, key));
  co_return json_answer(200, describe(account, describe));
}

Task<Result<http::Response>> rotate_data_key(const Parts& parts, Call& call) {
  auto ring = CO_TRY(enter(parts, call));
  auto account = CO_TRY(co_await operations::rotate_data_key(parts.floors, parts.accounts, *call.exchange,
                                                             ring->account().name));
  co_return json_answer(201, describe(account, describe));
}

Task<Result<http::Response>> destroy_data_keys(const Parts& parts, Call& call) {
  auto ring = CO_TRY(enter(parts, call));
  const auto& name = ring->account().name;
  auto fields = CO_TRY(co_await read_json(call.request.body));
  const auto confirmed = CO_TRY(fields.text("account"));
  const auto understood = CO_TRY(fields.text("understood"));
  CO_TRY(fields.end());
  if (confirmed != name.text() || understood != kUnderstood)
    co_return fail(
        Code::InvalidInput,
        fmt::format("This destroys all content of '{}' for ever. To confirm it, 'account' must be that "
                    "name and 'understood' \"{}\".",
                    name.text(), kUnderstood));
  auto destroyed =
      CO_TRY(co_await operations::destroy_data_keys(parts.floors, parts.accounts, *call.exchange, name));
  co_return json_answer(200, describe(destroyed));
}

Task<Result<http::Response>> list_suspensions(const Parts& parts, Call& call) {
  CO_TRY(parts.authentication.require_operator(call));
  json::array out;
  for (const auto& ring : parts.accounts.all()) {
    const auto& account = ring->account().name.text();
    auto services = services_of(parts.floors.gate.standings().of(account));
    if (!services.empty()) out.push_back({{"account", account}, {"suspended", std::move(services)}});
  }
  co_return json_answer(200, {{"suspensions", std::move(out)}});
}

Task<Result<http::Response>> impose_suspension(const Parts& parts, Call& call) {
  return change_suspension(parts, call, true);
}

Task<Result<http::Response>> lift_suspension(const Parts& parts, Call& call) {
  return change_suspension(parts, call, false);
}

Task<Result<http::Response>> list_purposes(const Parts& parts, Call&) {
  json::array out;
  const auto& purposes = parts.floors.gate.purposes();
  for (const auto& id : purposes.ids()) out.push_back(describe(*purposes.find(id)));
  co_return json_answer(200, {{"purposes", std::move(out)}});
}

Task<Result<http::Response>> show_policy_bundle(const Parts& parts, Call&) {
  const auto& gate = parts.floors.gate;
  auto response = http::Response::text(200, "text/plain; charset=utf-8", gate.bundle());
  response.headers.set("Cache-Control", "no-cache");
  response.headers.set("Access-Control-Allow-Origin", "*");
  response.headers.set("ETag", fmt::format("\"{}\"", to_hex(gate.bundle_hash())));
  co_return response;
}

}  // namespace vitrine::platform
