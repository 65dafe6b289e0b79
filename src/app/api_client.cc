#include "app/api_client.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <filesystem>

#include "app/data_dir.h"
#include "app/fetch.h"
#include "app/option_file.h"
#include "app/settings.h"
#include "base/encoding.h"
#include "base/time.h"
#include "crypto/mac.h"
#include "http/target.h"
#include "identity/emulator.h"
#include "identity/shared_key.h"

namespace vitrine::app {
namespace {

namespace json = boost::json;

constexpr const char* kApiVersion = "2021-12-02";

Result<ApiAnswer> send(const ApiOptions& options, http::ClientRequest request) {
  auto place = fmt::format("{}:{}", request.url.host, request.url.port);
  const auto answer = TRY(ask(options, std::move(request)));
  boost::system::error_code error;
  auto body = json::parse(answer.body, error);
  if (error)
    return fail(
        Code::Unavailable,
        fmt::format("{} answered {}, and not as a Vitrine server's platform port does: --server names "
                    "that port, which `vitrine serve` shows at its start.",
                    place, answer.status));
  return ApiAnswer{answer.status, std::move(body), std::string(answer.header("x-ms-vitrine-receipt"))};
}

Result<std::string> find_token(const ApiOptions& options) {
  if (!options.token_file.empty()) {
    auto named = read_operator_token(options.token_file);
    if (!named) return std::unexpected(at_option("--token-file", named.error()));
    return named;
  }
  const DataDir data{options.data_dir};
  auto token = read_operator_token(data.operator_token());
  if (token && options.data_dir_named == NamedBy::Flag) return token;
  if (auto variable = process_environment()("VITRINE_OPERATOR_TOKEN")) return *variable;
  if (token) return token;
  std::error_code error;
  const auto why = std::filesystem::exists(data.root, error) || error
                       ? token.error().message
                       : fmt::format("there is no data directory {}.", options.data_dir);
  return fail(
      Code::InvalidInput,
      fmt::format("The operator's token could not be read: {} Give it by --token-file, by the variable "
                  "VITRINE_OPERATOR_TOKEN, or name the server's --data-dir.",
                  why));
}

/// Empty when none is given.
std::string key_text(const ApiOptions& options) {
  auto text = options.key.empty() ? process_environment()("VITRINE_ACCOUNT_KEY").value_or("") : options.key;
  if (text.empty() && options.account == identity::kEmulatorAccount) text = identity::kEmulatorKey;
  return text;
}

Result<Bytes> find_key(const ApiOptions& options) {
  const auto text = key_text(options);
  if (text.empty())
    return fail(Code::InvalidInput,
                "An account key is needed: give it by the variable VITRINE_ACCOUNT_KEY or by --key.");
  auto key = from_base64(text);
  if (!key) return fail(Code::InvalidInput, "The account key is not base64; copy it whole.");
  return key;
}

}  // namespace

json::object ApiAnswer::refusal() const {
  const auto* said = body.is_object() ? body.get_object().if_contains("error") : nullptr;
  json::object error = said && said->is_object()
                           ? said->get_object()
                           : json::object{{"code", name(Code::Unavailable)},
                                          {"message", fmt::format("The server answered {}.", status)}};
  if (!receipt.empty()) error["receipt"] = receipt;
  return {{"error", std::move(error)}};
}

Result<http::ClientRequest> api_request(const ApiOptions& options, std::string_view method,
                                        std::string_view path, const json::value& body) {
  http::ClientRequest request{.method = std::string(method), .url = TRY(http::Url::parse(options.server))};
  request.url.target = fmt::format("/api/v1{}", path);
  if (body.is_null()) return request;
  request.body = json::serialize(body);
  request.headers.emplace_back("Content-Type", "application/json");
  return request;
}

Result<http::ClientAnswer> ask(const ApiOptions& options, http::ClientRequest request) {
  auto fetched = fetch(std::move(request), options.ca);
  if (!fetched && fetched.error().code == Code::Unavailable)
    fetched.error().message += fmt::format(
        " Is the server running? --server, or the variable VITRINE_SERVER, {} its platform port, which "
        "`vitrine serve` shows at its start.",
        options.server_named == NamedBy::Default ? "names" : "has to name");
  return fetched;
}

bool has_account_key(const ApiOptions& options) {
  return !key_text(options).empty();
}

Result<http::ClientRequest> sign_as_operator(const ApiOptions& options, http::ClientRequest request) {
  request.headers.emplace_back("Authorization", "Bearer " + TRY(find_token(options)));
  return request;
}

Result<ApiAnswer> call_as_operator(const ApiOptions& options, http::ClientRequest request) {
  return send(options, TRY(sign_as_operator(options, std::move(request))));
}

Result<ApiAnswer> call_as_account(const ApiOptions& options, http::ClientRequest request) {
  return send(options, TRY(sign_as_account(options, std::move(request))));
}

Result<http::ClientRequest> sign_as_account(const ApiOptions& options, http::ClientRequest request) {
  auto key = TRY(find_key(options));
  request.headers.emplace_back("x-ms-date", to_http_date(system_clock().now()));
  request.headers.emplace_back("x-ms-version", kApiVersion);
  if (!options.purpose.empty()) request.headers.emplace_back("x-ms-vitrine-purpose", options.purpose);
  auto length = std::to_string(request.body.size());
  std::vector<identity::NameValue> headers{{"content-length", length}}, query;
  for (const auto& [name, value] : request.headers) headers.push_back({name, value});
  const auto target = TRY(http::Target::parse(request.url.target));
  for (const auto& parameter : target.query) query.push_back({parameter.name, parameter.value});
  auto text = identity::string_to_sign(
      {.method = request.method, .raw_path = target.raw_path, .query = query, .headers = headers},
      identity::SharedKeyScheme::Full, options.account, target.raw_path, identity::HeaderOrder::Collated);
  auto signature = to_base64(crypto::HmacKey(key).sign(as_bytes(text)));
  request.headers.emplace_back("Authorization", fmt::format("SharedKey {}:{}", options.account, signature));
  return request;
}

}  // namespace vitrine::app
