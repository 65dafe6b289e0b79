#include "operations/service_properties.h"

#include "blobs/sealed.h"
#include "crypto/mac.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

Task<Result<blobs::ServiceProperties>> attempt_get(const Floors& floors, policy::Exchange& exchange,
                                                   const identity::AccountName& account) {
  auto found = CO_TRY(look_up_service_properties(floors, account));
  auto decision = floors.gate.decide(
      exchange,
      {.action = policy::actions::kServiceProperties, .resource = {account.text(), {}, {}}, .bounds = {}});
  CO_TRY(co_await floors.ledger.commit(exchange, std::move(decision), {.status = 200},
                                       {.guards = {std::move(found.guard)}}));
  co_return std::move(found.properties);
}

/// The container of the site, empty, unless it is there.
Result<void> add_web_container(const Floors& floors, const identity::AccountName& account,
                               ledger::Effect& effect) {
  const ContainerRef ref{account, TRY(blobs::ContainerName::parse(blobs::kWebContainer))};
  auto view = TRY(look_up(floors, ref));
  effect.guards.insert(effect.guards.end(), view.guards.begin(), view.guards.end());
  if (view.head) return {};
  const auto now = floors.clock.now();
  const blobs::ContainerHead head{.id = crypto::random_array<16>(),
                                  .created = now,
                                  .last_modified = now,
                                  .etag = blobs::ETag::next(now, {}),
                                  .metadata = {}};
  effect.writes.push_back(
      blobs::seal(*view.keys, blobs::container_key(ref.account, ref.container), encode_container(head)));
  return {};
}

Task<Result<void>> attempt_set(const Floors& floors, policy::Exchange& exchange,
                               const SetServiceProperties& request) {
  auto found = CO_TRY(look_up_service_properties(floors, request.account));
  auto decision = floors.gate.decide(exchange, {.action = policy::actions::kServiceSetProperties,
                                                .resource = {request.account.text(), {}, {}},
                                                .bounds = {}});
  apply(request.change, found.properties);
  if (request.change.static_website) found.properties.static_website.purpose = exchange.purpose;
  const auto keys = CO_TRY(floors.keys.of(request.account.text()));
  ledger::Effect effect{.guards = {std::move(found.guard)}};
  effect.writes.push_back(blobs::seal(*keys, blobs::service_properties_key(request.account),
                                      encode_service_properties(found.properties)));
  effect.grows = true;
  if (found.properties.static_website.enabled) CO_TRY(add_web_container(floors, request.account, effect));
  CO_TRY(co_await floors.ledger.commit(exchange, std::move(decision), {.status = 202}, std::move(effect)));
  co_return Result<void>{};
}

}  // namespace

Result<FoundServiceProperties> look_up_service_properties(const Floors& floors,
                                                          const identity::AccountName& account) {
  const auto keys = TRY(floors.keys.of(account.text()));
  const auto key = blobs::service_properties_key(account);
  const auto row = TRY(floors.store.look_up(key));
  FoundServiceProperties found{.properties = {}, .guard = row.guard(key.table)};
  if (row.exists())
    found.properties = TRY(blobs::decode_service_properties(TRY(blobs::open(*keys, key, row.value))));
  return found;
}

Task<Result<blobs::ServiceProperties>> get_service_properties(const Floors& floors,
                                                              policy::Exchange& exchange,
                                                              const identity::AccountName& account) {
  auto attempt = [&] { return attempt_get(floors, exchange, account); };
  co_return co_await until_settled(attempt);
}

Task<Result<void>> set_service_properties(const Floors& floors, policy::Exchange& exchange,
                                          const SetServiceProperties& request) {
  auto attempt = [&] { return attempt_set(floors, exchange, request); };
  co_return co_await until_settled(attempt);
}

}  // namespace vitrine::operations
