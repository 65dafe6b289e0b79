#include "azure/blob/handlers.h"
#include "azure/blob/lifetime_headers.h"
#include "azure/blob/page_request.h"
#include "azure/blob/request_body.h"
#include "azure/blob/request_headers.h"
#include "azure/blob/response_headers.h"
#include "azure/blob/snapshot_request.h"
#include "operations/lifetimes.h"
#include "operations/restores.h"

namespace vitrine::azure::blob::handlers {
namespace {

constexpr std::string_view kDeletedName = "x-ms-deleted-container-name",
                           kDeletedVersion = "x-ms-deleted-container-version";

}  // namespace

Answer undelete_blob(Call& call) {
  CO_TRY(require_empty_body(call.request));
  CO_TRY(co_await operations::undelete_blob(call.floors, call.exchange, {call.blob()}));
  co_return http::Response::empty(200);
}

Answer restore_container(Call& call) {
  CO_TRY(require_empty_body(call.request));
  const auto name = CO_TRY(required(call.headers().get(kDeletedName), kDeletedName));
  const auto version = CO_TRY(required(call.headers().get(kDeletedVersion), kDeletedVersion));
  const operations::RestoreContainer request{call.container(), CO_TRY(blobs::ContainerName::parse(name)),
                                             CO_TRY(blobs::parse_container_version(version))};
  CO_TRY(co_await operations::restore_container(call.floors, call.exchange, request));
  co_return http::Response::empty(201);
}

Answer set_blob_expiry(Call& call) {
  CO_TRY(require_empty_body(call.request));
  CO_TRY(required(call.headers().get("x-ms-expiry-option"), "x-ms-expiry-option"));
  const operations::SetExpiry request{call.blob(), CO_TRY(parse_expiry(call.headers())),
                                      CO_TRY(parse_conditions(call.headers()))};
  co_return changed_answer(200, CO_TRY(co_await operations::set_expiry(call.floors, call.exchange, request)));
}

Answer set_blob_immutability_policy(Call& call) {
  CO_TRY(require_empty_body(call.request));
  const auto policy = CO_TRY(required(CO_TRY(parse_policy(call.headers())), kPolicyUntil));
  const operations::SetImmutabilityPolicy request{CO_TRY(blob_or_snapshot(call)), policy,
                                                  CO_TRY(parse_conditions(call.headers()))};
  CO_TRY(co_await operations::set_immutability_policy(call.floors, call.exchange, request));
  auto response = http::Response::empty(200);
  response.headers.add(kPolicyUntil, to_http_date(policy.until));
  response.headers.add(kPolicyMode, word_of(policy.mode));
  co_return response;
}

Answer delete_blob_immutability_policy(Call& call) {
  CO_TRY(co_await operations::delete_immutability_policy(call.floors, call.exchange,
                                                         {CO_TRY(blob_or_snapshot(call))}));
  co_return http::Response::empty(200);
}

Answer set_blob_legal_hold(Call& call) {
  CO_TRY(require_empty_body(call.request));
  CO_TRY(required(call.headers().get(kLegalHold), kLegalHold));
  const operations::SetLegalHold request{CO_TRY(blob_or_snapshot(call)),
                                         CO_TRY(parse_flag(call.headers(), kLegalHold))};
  CO_TRY(co_await operations::set_legal_hold(call.floors, call.exchange, request));
  auto response = http::Response::empty(200);
  response.headers.add(kLegalHold, request.holds ? "true" : "false");
  co_return response;
}

}  // namespace vitrine::azure::blob::handlers
