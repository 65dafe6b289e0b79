#include "operations/view.h"

#include "blobs/expiry.h"
#include "blobs/past.h"
#include "blobs/sealed.h"

namespace vitrine::operations {
namespace {

template <class MaybeHead>
std::optional<blobs::State> state_of(const MaybeHead& head, const std::optional<blobs::Lease>& lease,
                                     Timestamp now) {
  if (!head) return std::nullopt;
  return blobs::State{.etag = head->etag,
                      .last_modified = head->last_modified,
                      .lease_state = blobs::state_of(lease, now),
                      .lease = lease ? lease->id : blobs::LeaseId(),
                      .attributes = &head->attributes};
}

/// Puts the past state that the reference names in the place of the current one.
Result<void> find_past(const Floors& floors, const BlobRef& ref, BlobView& view) {
  view.head = nullptr;
  view.lease.reset();
  blobs::NameState state{.head = {}, .history = view.history};
  auto past = blobs::look_up_past({floors.store, *view.keys, view.container->id, ref.blob, state}, *ref.past);
  if (!past && past.error().code == Code::BlobNotFound) return {};
  auto found = TRY(std::move(past));
  auto& place = found.head.deletion ? view.gone_past : view.head;
  place = std::make_shared<const blobs::BlobHead>(std::move(found.head));
  view.guards.push_back(std::move(found.guard));
  return {};
}

/// The current state has a version id, too.
bool names_current(const blobs::PastId& past, const BlobView& view) {
  return past.kind == blobs::PastKind::Version && view.current && view.current->version == past.moment;
}

}  // namespace

policy::Resource resource(const ContainerRef& ref) {
  return {ref.account.text(), ref.container.text(), {}};
}
policy::Resource resource(const BlobRef& ref) {
  return {ref.account.text(), ref.container.text(), ref.blob.text()};
}

std::string version_of(const BlobRef& ref) {
  return ref.past ? ref.past->moment.text() : std::string();
}

std::string turn_name(const ContainerRef& ref) {
  return ref.account.text() + '/' + ref.container.text();
}
std::string turn_name(const BlobRef& ref) {
  return ref.account.text() + '/' + ref.container.text() + '/' + ref.blob.text();
}

std::optional<blobs::State> ContainerView::state(Timestamp now) const {
  return state_of(head, lease, now);
}
Error ContainerView::not_found() {
  return {Code::ContainerNotFound, "The specified container does not exist.", {}};
}

Result<ContainerView> look_up(const Floors& floors, const ContainerRef& ref) {
  auto heads = TRY(floors.heads.of(ref.account));
  auto found = TRY(heads.container(ref.account, ref.container));
  ContainerView view{.head = {}, .lease = {}, .guards = {std::move(found.guard)}, .keys = heads.keys()};
  if (!found.head) return view;
  view.head = *found.head;
  view.lease = TRY(blobs::attribute<blobs::Lease>(view.head->attributes));
  return view;
}

std::optional<blobs::State> BlobView::state(Timestamp now) const {
  return state_of(head, lease, now);
}

void BlobView::bring(const blobs::CustomerKeyPtr& key) {
  if (key && keys) keys = keys->with_customers(key->key());
}

std::optional<Error> BlobView::missing() const {
  if (!container) return ContainerView::not_found();
  if (!head) return Error{Code::BlobNotFound, "The specified blob does not exist.", {}};
  return std::nullopt;
}

Result<std::shared_ptr<const keys::DataKeys>> keys_for(const Floors& floors,
                                                       const identity::AccountName& account,
                                                       const blobs::CustomerKeyPtr& key) {
  auto keys = TRY(floors.keys.of(account.text()));
  if (key) keys = keys->with_customers(key->key());
  return keys;
}

Result<BlobView> look_up(const Floors& floors, const BlobRef& ref) {
  auto heads = TRY(floors.heads.of(ref.account));
  auto container = TRY(heads.container(ref.account, ref.container));
  BlobView view{.container = {},
                .head = {},
                .current = {},
                .gone = {},
                .gone_past = {},
                .lease = {},
                .history = {},
                .guards = {},
                .keys = heads.keys()};
  view.guards.reserve(3);
  view.guards.push_back(std::move(container.guard));
  if (!container.head) return view;
  view.container = std::move(container.head);
  auto name = TRY(heads.name(view.container->id, ref.blob));
  view.guards.push_back(std::move(name.guard));
  if (!name.head) return view;
  view.history = name.head->history;
  if (const auto& head = name.head->head) {
    std::shared_ptr<const blobs::BlobHead> found(name.head, &*head);
    if (head->deletion || TRY(blobs::is_expired(head->attributes, floors.clock.now()))) {
      view.gone = std::move(found);
    } else {
      view.head = view.current = std::move(found);
      view.lease = TRY(blobs::attribute<blobs::Lease>(head->attributes));
    }
  }
  if (ref.past && !names_current(*ref.past, view)) TRY(find_past(floors, ref, view));
  return view;
}

Result<UncommittedView> look_up_uncommitted(const store::Store& store, const keys::DataKeys& keys,
                                            const blobs::ContainerId& container,
                                            const blobs::BlobName& blob) {
  auto key = blobs::uncommitted_key(container, blob);
  auto row = TRY(store.look_up(key));
  return UncommittedView{TRY(blobs::decode_uncommitted(keys, row)),
                         row.guard(key.table),
                         {blobs::blocks_name(container, blob), row.read_at}};
}

}  // namespace vitrine::operations
