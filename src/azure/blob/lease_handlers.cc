#include <fmt/format.h>

#include "azure/blob/handlers.h"
#include "azure/blob/request_headers.h"
#include "azure/blob/response_headers.h"
#include "operations/leases.h"

namespace vitrine::azure::blob::handlers {
namespace {

using blobs::seconds;

constexpr std::string_view kDuration = "x-ms-lease-duration", kPeriod = "x-ms-lease-break-period";
constexpr std::string_view kId = "x-ms-lease-id", kProposed = "x-ms-proposed-lease-id";

std::unexpected<Error> missing(std::string_view header) {
  return fail(Code::MissingRequiredHeader, fmt::format("The request needs the header {}.", header));
}

Result<blobs::LeaseId> required_id(const http::Headers& headers, std::string_view name) {
  const auto text = headers.get(name);
  if (!text) return missing(name);
  return blobs::LeaseId::parse(*text);
}

/// -1 is a lease without end.
Result<blobs::LeaseAct> parse_acquisition(const http::Headers& headers) {
  const auto text = headers.get(kDuration);
  if (!text) return missing(kDuration);
  blobs::AcquireLease act{.duration = {}, .proposed = blobs::LeaseId::random()};
  if (*text != "-1") {
    act.duration = seconds(TRY(parse_count(headers, kDuration)).value_or(0));
    if (*act.duration < blobs::kShortestLease || *act.duration > blobs::kLongestLease)
      return fail(Code::InvalidHeaderValue, "A lease lasts 15 to 60 seconds, or without end: -1.");
  }
  if (headers.get(kProposed)) act.proposed = TRY(required_id(headers, kProposed));
  return act;
}

Result<blobs::LeaseAct> parse_break(const http::Headers& headers) {
  const auto period = TRY(parse_count(headers, kPeriod));
  if (!period) return blobs::BreakLease{};
  if (seconds(*period) > blobs::kLongestBreak)
    return fail(Code::InvalidHeaderValue, "A lease is broken within 0 to 60 seconds.");
  return blobs::BreakLease{seconds(*period)};
}

Result<blobs::LeaseAct> parse_renewal(const http::Headers& headers) {
  return blobs::RenewLease{TRY(required_id(headers, kId))};
}
Result<blobs::LeaseAct> parse_change(const http::Headers& headers) {
  return blobs::ChangeLease{TRY(required_id(headers, kId)), TRY(required_id(headers, kProposed))};
}
Result<blobs::LeaseAct> parse_release(const http::Headers& headers) {
  return blobs::ReleaseLease{TRY(required_id(headers, kId))};
}

template <class Ref>
Answer use(Call& call, Ref of, Result<blobs::LeaseAct> (*parse)(const http::Headers&), unsigned status) {
  operations::UseLease<Ref> request{std::move(of), CO_TRY(parse(call.headers())),
                                    CO_TRY(parse_conditions(call.headers()))};
  const auto answer = CO_TRY(co_await operations::use_lease(call.floors, call.exchange, request));
  auto response = changed_answer(status, answer.state);
  if (std::holds_alternative<blobs::BreakLease>(request.act))
    response.headers.add("x-ms-lease-time", std::to_string(answer.left.count()));
  else if (answer.id)
    response.headers.add(kId, answer.id->text());
  co_return response;
}

}  // namespace

Answer acquire_container_lease(Call& call) {
  return use(call, call.container(), parse_acquisition, 201);
}
Answer renew_container_lease(Call& call) {
  return use(call, call.container(), parse_renewal, 200);
}
Answer change_container_lease(Call& call) {
  return use(call, call.container(), parse_change, 200);
}
Answer release_container_lease(Call& call) {
  return use(call, call.container(), parse_release, 200);
}
Answer break_container_lease(Call& call) {
  return use(call, call.container(), parse_break, 202);
}

Answer acquire_blob_lease(Call& call) {
  return use(call, call.blob(), parse_acquisition, 201);
}
Answer renew_blob_lease(Call& call) {
  return use(call, call.blob(), parse_renewal, 200);
}
Answer change_blob_lease(Call& call) {
  return use(call, call.blob(), parse_change, 200);
}
Answer release_blob_lease(Call& call) {
  return use(call, call.blob(), parse_release, 200);
}
Answer break_blob_lease(Call& call) {
  return use(call, call.blob(), parse_break, 202);
}

}  // namespace vitrine::azure::blob::handlers
