#include "operations/containers.h"

#include "blobs/sealed.h"
#include "crypto/mac.h"
#include "operations/settle.h"

namespace vitrine::operations {
namespace {

policy::Decision decide(const Floors& floors, const policy::Exchange& exchange, policy::Action action,
                        const ContainerRef& container) {
  return floors.gate.decide(exchange, {.action = action, .resource = resource(container), .bounds = {}});
}

/// The container is there and the conditions hold; otherwise the error to answer.
Result<void> check(const ContainerView& view, const blobs::Conditions& conditions, blobs::Guarded guarded,
                   Timestamp now) {
  if (!view.head) return std::unexpected(ContainerView::not_found());
  return blobs::check(conditions, guarded, view.state(now));
}

/// A private list without policies is none.
void set_access(blobs::ContainerHead& head, const policy::Exchange& exchange, blobs::PublicAccess level,
                std::vector<identity::StoredPolicy> policies) {
  const bool is_public = level != blobs::PublicAccess::None;
  const blobs::AccessList list{
      .level = level, .purpose = is_public ? exchange.purpose : "", .policies = std::move(policies)};
  const bool says_something = list != blobs::AccessList();
  blobs::set_attribute(head.attributes, says_something ? std::optional(list) : std::nullopt);
}

Task<Result<Changed>> attempt_create(const Floors& floors, policy::Exchange& exchange,
                                     const CreateContainer& request) {
  auto view = CO_TRY(look_up(floors, request.container));
  auto decision = decide(floors, exchange, policy::actions::kContainerCreate, request.container);
  if (view.head)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards,
                        {Code::ContainerAlreadyExists, "The specified container already exists.", {}}));
  auto now = floors.clock.now();
  blobs::ContainerHead head{.id = crypto::random_array<16>(),
                            .created = now,
                            .last_modified = now,
                            .etag = blobs::ETag::next(now, {}),
                            .metadata = request.metadata};
  set_access(head, exchange, request.level, {});
  auto key = blobs::container_key(request.container.account, request.container.container);
  CO_TRY(co_await floors.ledger.commit(exchange, std::move(decision), {.status = 201},
                                       {.guards = view.guards,
                                        .writes = {blobs::seal(*view.keys, key, encode_container(head))},
                                        .grows = true}));
  co_return Changed{head.etag, head.last_modified};
}

Task<Result<blobs::ContainerHead>> attempt_read(const Floors& floors, policy::Exchange& exchange,
                                                const ReadContainer& request, policy::Action action) {
  auto view = CO_TRY(look_up(floors, request.container));
  auto decision = decide(floors, exchange, action, request.container);
  if (auto fit = check(view, request.conditions, blobs::kReadContainer, floors.clock.now()); !fit)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, fit.error()));
  CO_TRY(
      co_await floors.ledger.commit(exchange, std::move(decision), {.status = 200}, {.guards = view.guards}));
  co_return std::move(*view.head);
}

Task<Result<blobs::ContainerHead>> read(const Floors& floors, policy::Exchange& exchange,
                                        const ReadContainer& request, policy::Action action) {
  auto attempt = [&] { return attempt_read(floors, exchange, request, action); };
  co_return co_await until_settled(attempt);
}

/// Everything that changes a head in place: what differs is the action and the change itself.
template <class Request, class Change>
Task<Result<Changed>> attempt_change(const Floors& floors, policy::Exchange& exchange, const Request& request,
                                     policy::Action action, const Change& change) {
  const auto now = floors.clock.now();
  auto view = CO_TRY(look_up(floors, request.container));
  auto decision = decide(floors, exchange, action, request.container);
  if (auto fit = check(view, request.conditions, blobs::kWriteContainer, now); !fit)
    co_return std::unexpected(
        co_await refuse(floors, exchange, std::move(decision), view.guards, fit.error()));
  auto& head = *view.head;
  change(head);
  head.last_modified = now;
  head.etag = blobs::ETag::next(now, head.etag);
  auto key = blobs::container_key(request.container.account, request.container.container);
  CO_TRY(co_await floors.ledger.commit(exchange, std::move(decision), {.status = 200},
                                       {.guards = view.guards,
                                        .writes = {blobs::seal(*view.keys, key, encode_container(head))},
                                        .grows = true}));
  co_return Changed{head.etag, head.last_modified};
}

}  // namespace

Task<Result<Changed>> create_container(const Floors& floors, policy::Exchange& exchange,
                                       const CreateContainer& request) {
  auto attempt = [&] { return attempt_create(floors, exchange, request); };
  co_return co_await until_settled(floors.turns, request.container, attempt);
}

Task<Result<blobs::ContainerHead>> get_container_properties(const Floors& floors, policy::Exchange& exchange,
                                                            const ReadContainer& request) {
  return read(floors, exchange, request, policy::actions::kContainerProperties);
}

Task<Result<blobs::ContainerHead>> get_container_metadata(const Floors& floors, policy::Exchange& exchange,
                                                          const ReadContainer& request) {
  return read(floors, exchange, request, policy::actions::kContainerGetMetadata);
}

Task<Result<blobs::ContainerHead>> get_container_acl(const Floors& floors, policy::Exchange& exchange,
                                                     const ReadContainer& request) {
  return read(floors, exchange, request, policy::actions::kContainerGetAcl);
}

Task<Result<Changed>> set_container_metadata(const Floors& floors, policy::Exchange& exchange,
                                             const SetContainerMetadata& request) {
  auto change = [&](blobs::ContainerHead& head) { head.metadata = request.metadata; };
  auto attempt = [&] {
    return attempt_change(floors, exchange, request, policy::actions::kContainerSetMetadata, change);
  };
  co_return co_await until_settled(floors.turns, request.container, attempt);
}

Task<Result<Changed>> set_container_acl(const Floors& floors, policy::Exchange& exchange,
                                        const SetContainerAcl& request) {
  auto change = [&](blobs::ContainerHead& head) {
    set_access(head, exchange, request.level, request.policies);
  };
  auto attempt = [&] {
    return attempt_change(floors, exchange, request, policy::actions::kContainerSetAcl, change);
  };
  co_return co_await until_settled(floors.turns, request.container, attempt);
}

}  // namespace vitrine::operations
