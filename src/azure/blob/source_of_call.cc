#include "azure/blob/source_of_call.h"

#include <fmt/format.h>

#include "azure/blob/admission.h"

namespace vitrine::azure::blob {
namespace {

policy::Intent intent_of(const Call& call, policy::Action action) {
  return {.action = action, .resource = resource(call.blob()), .bounds = {.items = 1}};
}

/// Of this server, or an error.
Result<operations::CopySource> find_source(Call& call, const SourceAddress& address) {
  if (is_own(address, host_of(call.request), call.request.secure)) return parse_copy_source(call, address);
  call.source_error = Error{Code::ResourceNotFound, "It is on another server.", {}};
  return fail(Code::CannotVerifyCopySource,
              fmt::format("The source of the copy is at {}, and this server copies from itself alone.",
                          address.target.host));
}

}  // namespace

Task<Result<operations::CopySource>> source_of(Call& call, const SourceAddress& address,
                                               policy::Action action) {
  auto source = find_source(call, address);
  if (!source && source.error().code == Code::CannotVerifyCopySource)
    co_return std::unexpected(co_await operations::refuse_for_source(
        call.floors, call.exchange, intent_of(call, action), call.source_error, source.error()));
  co_return source;
}

bool is_remote(const Call& call, const SourceAddress& address) {
  return call.remotes && !is_own(address, host_of(call.request), call.request.secure);
}

Task<Result<RemoteSource>> remote_source_of(Call& call, const SourceAddress& address, policy::Action action,
                                            std::uint64_t most) {
  // Nobody is asked for bytes that would be denied a place.
  if (std::holds_alternative<policy::Denial>(call.floors.gate.decide(call.exchange, intent_of(call, action))))
    co_return std::unexpected(
        co_await operations::refuse_for_source(call.floors, call.exchange, intent_of(call, action), {},
                                               Error{Code::PolicyDenied, "The copy was denied.", {}}));
  auto source = co_await open_remote(call, address, most);
  if (!source)
    co_return std::unexpected(co_await operations::refuse_for_source(
        call.floors, call.exchange, intent_of(call, action), call.source_error, source.error()));
  co_return source;
}

Task<Result<operations::SourceBody>> body_of_source(Call& call, policy::Action action, std::uint64_t most) {
  if (call.request.body.length() != 0u)
    co_return fail(Code::InvalidHeaderValue,
                   "The bytes come from x-ms-copy-source; the request takes no body of its own.");
  const auto address = CO_TRY(parse_source_address(call.headers()));
  if (is_remote(call, address)) co_return CO_TRY(co_await remote_source_of(call, address, action, most)).body;
  auto source = CO_TRY(co_await source_of(call, address, action));
  auto body = co_await operations::read_source(call.floors, call.exchange, intent_of(call, action), source);
  call.source_error = source.found;
  co_return body;
}

}  // namespace vitrine::azure::blob
