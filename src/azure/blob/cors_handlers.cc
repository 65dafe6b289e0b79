#include "azure/blob/cors.h"
#include "azure/blob/handlers.h"
#include "azure/blob/wire_error.h"
#include "operations/service_properties.h"

namespace vitrine::azure::blob::handlers {
namespace {

/// Azure's own words: there is no such failure of an operation.
constexpr std::string_view kCode = "CorsPreflightFailure";
constexpr std::string_view kSentence = "CORS not enabled or no matching rule found for this request.";

}  // namespace

Answer preflight(Call& call) {
  const auto question = CO_TRY(parse_preflight(call.headers()));
  const auto found = CO_TRY(operations::look_up_service_properties(call.floors, call.address.account));
  if (const auto* rule = find_rule(found.properties.cors, question))
    co_return preflight_answer(*rule, question);
  co_return refusal(403, kCode, kSentence, {call.exchange.request_id, call.exchange.received});
}

}  // namespace vitrine::azure::blob::handlers
