#include "platform/erasure_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/encoding.h"
#include "operations/erasures.h"
#include "platform/answers.h"
#include "platform/json_fields.h"

namespace vitrine::platform {
namespace {

namespace json = boost::json;

/// Shorter than clients wait for an answer.
constexpr std::chrono::seconds kPatience{15};

template <std::size_t Size>
Result<void> read_bytes(JsonFields& fields, std::string_view name, std::array<std::uint8_t, Size>& into) {
  const auto bytes = from_base64(TRY(fields.text(name)));
  if (!bytes || bytes->size() != Size)
    return fail(Code::InvalidInput, fmt::format("The field '{}' is not {} bytes in base64.", name, Size));
  std::ranges::copy(*bytes, into.begin());
  return {};
}

Result<evidence::Approvals> read_approvals(JsonFields& fields) {
  evidence::Approvals approvals;
  auto given = TRY(fields.objects("approvals"));
  if (given.size() != approvals.size())
    return fail(Code::InvalidInput, "Two people approve of an erasure: 'approvals' has two objects.");
  for (std::size_t i = 0; i < approvals.size(); ++i) {
    TRY(read_bytes(given[i], "key", approvals[i].key));
    TRY(read_bytes(given[i], "signature", approvals[i].signature));
    TRY(given[i].end());
  }
  return approvals;
}

Result<operations::EraseRecords> read_request(JsonFields& fields, const identity::Account& account) {
  operations::EraseRecords request{
      .account = account.name,
      .slot = account.slot,
      .order = {.journal = {account.records().journal},
                .records = TRY(evidence::parse_ranges(TRY(fields.text("records")))),
                .facets = TRY(evidence::parse_facets(TRY(fields.text("facets")))),
                .ground = TRY(fields.text("ground"))},
      .time = std::chrono::floor<std::chrono::seconds>(TRY(parse_iso8601(TRY(fields.text("time"))))),
      .approvals = TRY(read_approvals(fields))};
  TRY(fields.end());
  return request;
}

}  // namespace

Task<Result<http::Response>> erase_records(const Parts& parts, Call& call) {
  CO_TRY(parts.authentication.require_operator(call));
  const auto name = CO_TRY(identity::AccountName::parse(call.capture("account")));
  const auto ring = parts.accounts.find(name.text());
  if (!ring)
    co_return fail(Code::AccountNotFound,
                   fmt::format("There is no account '{}' on this server.", name.text()));
  CO_TRY(parts.authentication.act_as_operator(call, ring->account()));
  auto fields = CO_TRY(co_await read_json(call.request.body));
  const auto request = CO_TRY(read_request(fields, ring->account()));
  const auto& floors = parts.floors;
  const bool was_open =
      CO_TRY(co_await operations::erase_records(floors, parts.log.name(), *call.exchange, request));
  const bool is_done = CO_TRY(co_await operations::wait_for_erasures(floors, call.exchange->slot, kPatience));
  co_return json_answer(is_done ? 200 : 202, {{"account", name.text()},
                                              {"records", count(request.order.records)},
                                              {"facets", to_text(request.order.facets)},
                                              {"order", to_hex(order_digest(request.order))},
                                              {"wasOpen", was_open},
                                              {"done", is_done}});
}

}  // namespace vitrine::platform
