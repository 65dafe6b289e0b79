#include "azure/blob/admission.h"

#include <fmt/format.h>

#include "azure/blob/api_version.h"
#include "azure/blob/client_class.h"
#include "azure/blob/customer_key_headers.h"
#include "azure/blob/lifetime_headers.h"
#include "azure/blob/request_headers.h"
#include "azure/blob/snapshot_request.h"
#include "azure/blob/tags_coding.h"
#include "azure/blob/unoffered.h"

namespace vitrine::azure::blob {
namespace {

Result<std::shared_ptr<const identity::KeyRing>> find(const identity::AccountDirectory& accounts,
                                                      const identity::AccountName& name) {
  auto ring = accounts.find(name.text());
  if (ring) return ring;
  return fail(Code::AccountNotFound, fmt::format("There is no account '{}' on this server.", name.text()));
}

/// What a signature covers as one text must not be understood as another: it joins the values of a repeated
/// parameter by commas, and a name and its value by a colon.
Result<void> refuse_ambiguous_parameters(const http::Target& target) {
  if (auto name = target.repeated_parameter())
    return fail(Code::InvalidQueryParameterValue,
                fmt::format("The parameter '{:.64}' may be sent only once, in whatever case.", *name));
  for (const auto& parameter : target.query)
    if (parameter.name.contains(':'))
      return fail(Code::InvalidQueryParameterValue, "A parameter's name holds a colon, which none may.");
  return {};
}

/// A browser sends a preflight without credentials, whatever the request behind it will have.
Result<identity::Principal> find_caller(const http::Request& request, const Address& address,
                                        const Authority& authority) {
  if (request.method != http::Method::Options) return authenticate(request, address, authority);
  return identity::Principal::of_anybody(authority.keys.account(),
                                         TRY(identity::PurposeId::parse(identity::kServersOwnPurpose)), false,
                                         request.peer_address);
}

Result<void> check_endpoint(const Address& address, http::Method method) {
  bool reads = method == http::Method::Get || method == http::Method::Head || method == http::Method::Options;
  if (!address.secondary || reads) return {};
  return fail(Code::UnsupportedHttpVerb,
              "The secondary endpoint is for reading; send this to the primary one.");
}

/// Whoever sets tags or asks for them has to be allowed to.
Result<void> check_tag_headers(const http::Headers& headers, const Address& address,
                               const identity::Principal& principal) {
  const bool asks = !headers.get(kIfTagsHeader).value_or("").empty();
  if (asks && !address.blob)
    return fail(Code::UnsupportedHeader, fmt::format("Only blobs have tags; leave {} out.", kIfTagsHeader));
  if (!asks && headers.get(kTagsHeader).value_or("").empty()) return {};
  return principal.check_access({.any_permission = "t", .any_resource_type = "o", .by_service_sas = true});
}

/// What a SAS has to permit beside the operation ("Create a service SAS", section "Permissions for a
/// directory, container, or blob"): one letter each.
std::string more_letters(const Operation& operation, const http::Request& request) {
  std::string letters;
  const auto says = [&](std::string_view header) {
    return !request.headers.get(header).value_or("").empty();
  };
  if (says(kPolicyUntil) || says(kLegalHold)) letters += 'i';
  if (operation.method != http::Method::Delete || !operation.comp.empty()) return letters;
  const auto names = [&](std::string_view name) {
    return !request.target.parameter(name).value_or("").empty();
  };
  if (names("versionid")) letters += 'x';
  if (names("deletetype")) letters += 'y';
  return letters;
}

Result<const Operation*> find_offered(const Address& address, const http::Request& request,
                                      const identity::Principal& principal) {
  auto* operation = TRY(find_operation(scope_of(address), {request.method, request.target, request.headers}));
  // What it asks about is another request, which is looked at when it comes.
  if (request.method == http::Method::Options) return operation;
  TRY(principal.check_access(operation->access));
  if (!operation->handler) return std::unexpected(not_offered(*operation));
  TRY(refuse_unoffered(request));
  TRY(check_takes_customer_key(operation->name, request.headers));
  TRY(check_tag_headers(request.headers, address, principal));
  for (const auto letter : more_letters(*operation, request))
    TRY(principal.check_access(
        {.any_permission = std::string_view(&letter, 1), .any_resource_type = "o", .by_service_sas = true}));
  if (address.blob && !operation->of_snapshots && names_snapshot(request.target))
    return fail(Code::InvalidQueryParameterValue,
                "The operation is on the blob itself: leave 'snapshot' and 'versionid' out.");
  return operation;
}

}  // namespace

std::string_view host_of(const http::Request& request) {
  if (!request.target.host.empty()) return request.target.host;
  return request.headers.get("Host").value_or("");
}

Result<Admitted> admit(const operations::Floors& floors, const Doors& doors, http::Request& request,
                       const Arrival& arrival) {
  TRY(check_version(request.headers));
  TRY(refuse_ambiguous_parameters(request.target));
  auto address = TRY(parse_address(request.target, host_of(request)));
  auto ring = TRY(find(doors.accounts, address.account));
  auto principal = TRY(find_caller(request, address, {floors, doors.tokens, *ring, arrival.time}));
  auto purpose = TRY(principal.asked_purpose(request.headers.get(identity::kPurposeHeader)));
  const bool asks_promise = TRY(principal.asked_promise(request.headers.get(identity::kPromiseHeader)));
  auto* operation = TRY(find_offered(address, request, principal));
  TRY(check_endpoint(address, request.method));
  policy::Exchange exchange{.principal = std::move(principal),
                            .purpose = std::move(purpose),
                            .slot = ring->account().records().stream,
                            .journal = ring->account().records().journal,
                            .request_id = arrival.request_id,
                            .client_class = std::string(client_class(request.headers)),
                            .received = arrival.time,
                            .receipt = {},
                            .asks_promise = asks_promise};
  return Admitted{operation, {request, floors, std::move(address), std::move(exchange)}};
}

}  // namespace vitrine::azure::blob
