#include "operations/view.h"

#include "blobs/sealed.h"

namespace vitrine::operations {
namespace {

template <class Head>
std::optional<blobs::State> state_of(const std::optional<Head>& head) {
  if (!head) return std::nullopt;
  return blobs::State{head->etag, head->last_modified};
}

}  // namespace

policy::Resource resource(const ContainerRef& ref) {
  return {ref.account.text(), ref.container.text(), {}};
}
policy::Resource resource(const BlobRef& ref) {
  return {ref.account.text(), ref.container.text(), ref.blob.text()};
}

std::string turn_name(const ContainerRef& ref) {
  return ref.account.text() + '/' + ref.container.text();
}
std::string turn_name(const BlobRef& ref) {
  return ref.account.text() + '/' + ref.container.text() + '/' + ref.blob.text();
}

std::optional<blobs::State> ContainerView::state() const {
  return state_of(head);
}
Error ContainerView::not_found() {
  return {Code::ContainerNotFound, "The specified container does not exist.", {}};
}

Result<ContainerView> look_up(const Floors& floors, const ContainerRef& ref) {
  auto key = blobs::container_key(ref.account, ref.container);
  auto entry = TRY(floors.store.look_up(key));
  ContainerView view{
      .head = {}, .guards = {entry.guard(key.table)}, .keys = TRY(floors.keys.of(ref.account.text()))};
  if (entry.exists())
    view.head = TRY(blobs::decode_container(TRY(blobs::open(*view.keys, key, entry.value))));
  return view;
}

std::optional<blobs::State> BlobView::state() const {
  return state_of(head);
}

std::optional<Error> BlobView::missing() const {
  if (!container) return ContainerView::not_found();
  if (!head) return Error{Code::BlobNotFound, "The specified blob does not exist.", {}};
  return std::nullopt;
}

Result<BlobView> look_up(const Floors& floors, const BlobRef& ref) {
  auto found = TRY(look_up(floors, ContainerRef{ref.account, ref.container}));
  BlobView view{.container = std::move(found.head),
                .head = {},
                .history = {},
                .guards = std::move(found.guards),
                .keys = std::move(found.keys)};
  if (!view.container) return view;
  auto key = blobs::blob_key(view.container->id, ref.blob);
  auto entry = TRY(floors.store.look_up(key));
  view.guards.push_back(entry.guard(key.table));
  auto state = TRY(blobs::open_name(*view.keys, entry));
  if (state.head && !state.head->deletion) view.head = std::move(state.head);
  view.history = state.history;
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
