#include "azure/blob/customer_key_headers.h"
#include "azure/blob/handlers.h"
#include "azure/blob/request_body.h"
#include "azure/blob/request_headers.h"
#include "azure/blob/response_headers.h"
#include "operations/snapshots.h"

namespace vitrine::azure::blob::handlers {

Answer take_snapshot(Call& call) {
  CO_TRY(require_empty_body(call.request));
  const operations::TakeSnapshot request{call.blob(), CO_TRY(parse_metadata(call.headers())),
                                         CO_TRY(parse_conditions(call.headers())),
                                         CO_TRY(parse_customer_key(call.headers()))};
  const auto taken = CO_TRY(co_await operations::take_snapshot(call.floors, call.exchange, request));
  auto response = changed_answer(201, taken.state);
  response.headers.add("x-ms-snapshot", taken.moment.text());
  add_encryption(response.headers, request.key);
  co_return response;
}

}  // namespace vitrine::azure::blob::handlers
