#include "azure/blob/handlers.h"
#include "azure/blob/page_request.h"
#include "azure/blob/request_body.h"
#include "azure/blob/request_headers.h"
#include "azure/blob/snapshot_request.h"
#include "azure/blob/tier_words.h"
#include "operations/access_tiers.h"

namespace vitrine::azure::blob::handlers {

Answer set_blob_tier(Call& call) {
  CO_TRY(require_empty_body(call.request));
  const operations::SetTier request{.blob = CO_TRY(blob_or_snapshot(call)),
                                    .tier = CO_TRY(required(CO_TRY(parse_tier(call.headers())), kTierHeader)),
                                    .priority = CO_TRY(parse_priority(call.headers())),
                                    .conditions = CO_TRY(parse_conditions(call.headers()))};
  const bool takes_time = CO_TRY(co_await operations::set_tier(call.floors, call.exchange, request));
  co_return http::Response::empty(takes_time ? 202 : 200);
}

}  // namespace vitrine::azure::blob::handlers
