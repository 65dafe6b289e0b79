#include "platform/receipt_calls.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/client_message.h"
#include "operations/job_records.h"
#include "platform/answers.h"
#include "platform/json_fields.h"

namespace vitrine::platform {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostTokens = 100;

Result<ledger::ReceiptLevel> parse_level(std::string_view text, Code code) {
  if (text == "sealed") return ledger::ReceiptLevel::Sealed;
  if (text == "promised") return ledger::ReceiptLevel::Promised;
  return fail(code, "A receipt's least level is 'sealed' or 'promised'.");
}

Result<ledger::ReceiptLevel> asked_level(const Call& call) {
  return parse_level(call.request.target.parameter("level").value_or("sealed"),
                     Code::InvalidQueryParameterValue);
}

/// The receipt as a text, so that whoever keeps it keeps it byte by byte.
json::object describe(const std::string& token, const Result<std::string>& receipt) {
  if (receipt) return {{"token", token}, {"receipt", *receipt}};
  return {
      {"token", token},
      {"error", {{"code", name(receipt.error().code)}, {"message", message_for_client(receipt.error())}}}};
}

/// Each by itself, so that seals are made in between.
Task<json::array> gather(const Parts& parts, const std::vector<std::string>& tokens,
                         ledger::ReceiptLevel least) {
  json::array out;
  for (const auto& token : tokens) {
    auto place = parts.floors.ledger.tokens().open(token);
    auto receipt = Result<std::string>(std::unexpect, place ? Error{} : place.error());
    if (place) receipt = co_await parts.sealer.receipt(*place, least);
    out.push_back(describe(token, receipt));
  }
  co_return out;
}

/// Where a listing of a job's receipts goes on, hidden as places in journals are.
Result<std::optional<std::uint64_t>> asked_marker(const Parts& parts, const Call& call, std::uint32_t slot) {
  const auto marker = call.request.target.parameter("marker");
  if (!marker) return std::nullopt;
  const auto place = parts.floors.ledger.markers().open(*marker);
  if (!place || place->slot != slot)
    return fail(Code::InvalidQueryParameterValue,
                "This marker is not one of this account's lists: give back what 'next' said, unchanged.");
  return std::optional(place->index);
}

}  // namespace

Task<Result<http::Response>> show_receipt(const Parts& parts, Call& call) {
  const auto least = CO_TRY(asked_level(call));
  auto place = CO_TRY(parts.floors.ledger.tokens().open(call.capture("token")));
  auto document = CO_TRY(co_await parts.sealer.receipt(place, least));
  auto response = http::Response::text(200, "application/json", std::move(document));
  response.headers.set("Cache-Control", "no-store");
  co_return response;
}

Task<Result<http::Response>> fetch_receipts(const Parts& parts, Call& call) {
  auto fields = CO_TRY(co_await read_json(call.request.body));
  const auto tokens = CO_TRY(fields.texts("tokens"));
  const auto level = CO_TRY(fields.optional_text("level")).value_or("sealed");
  CO_TRY(fields.end());
  const auto least = CO_TRY(parse_level(level, Code::InvalidInput));
  if (tokens.empty() || tokens.size() > kMostTokens)
    co_return fail(
        Code::InvalidInput,
        fmt::format("'tokens' is a list of 1 to {} receipt tokens; ask again for the others.", kMostTokens));
  co_return json_answer(200, {{"receipts", co_await gather(parts, tokens, least)}});
}

Task<Result<http::Response>> fetch_job_receipts(const Parts& parts, Call& call) {
  operations::JobRef ref{CO_TRY(identity::AccountName::parse(call.capture("account"))), call.capture("id")};
  CO_TRY(parts.authentication.require_account(call, ref.account.text()));
  const auto least = CO_TRY(asked_level(call));
  const auto from = CO_TRY(asked_marker(parts, call, call.exchange->slot));
  const auto found = CO_TRY(co_await operations::list_job_records(parts.jobs, *call.exchange, ref, from));
  const auto& tokens = parts.floors.ledger.tokens();
  std::vector<std::string> of_records;
  for (auto index : found.indexes) of_records.push_back(tokens.seal({found.slot, index}));
  json::value next;
  if (found.next) next = parts.floors.ledger.markers().seal({found.slot, *found.next});
  co_return json_answer(200, {{"receipts", co_await gather(parts, of_records, least)},
                              {"next", std::move(next)},
                              {"upToDate", found.is_up_to_date}});
}

}  // namespace vitrine::platform
