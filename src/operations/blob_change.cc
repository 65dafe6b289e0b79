#include "operations/blob_change.h"

#include "blobs/access_tier.h"
#include "blobs/tag_index.h"
#include "operations/settle.h"

namespace vitrine::operations {

Result<void> check(const BlobView& view, const ChangeTerms& terms, Timestamp now) {
  if (!view.container) return std::unexpected(ContainerView::not_found());
  if (!terms.may_overwrite && view.head)
    return fail(
        Code::UnauthorizedBlobOverwrite,
        "The shared access signature may create blobs and not overwrite them; it needs 'w' in sp for that.");
  TRY(blobs::check(terms.conditions, terms.guarded, view.state(now)));
  if (terms.presence == Presence::Needed && !view.head) return std::unexpected(*view.missing());
  if (terms.is_of_content && view.head) TRY(blobs::check_online(view.head->attributes, now));
  if (terms.opens_content && view.head) TRY(blobs::check_key(view.head->attributes, terms.key));
  return {};
}

Result<void> check_blocks(const BlobView& view) {
  if (!view.head || std::holds_alternative<blobs::Piece>(view.head->layout) ||
      std::holds_alternative<blobs::BlockList>(view.head->layout))
    return {};
  return fail(Code::InvalidBlobType, "The blob is no block blob.");
}

Result<void> check_pages(const BlobView& view) {
  if (std::holds_alternative<blobs::Pages>(view.head->layout)) return {};
  return fail(Code::InvalidBlobType, "The blob is no page blob.");
}

BlobChange::BlobChange(const Floors& floors, ChangeTerms terms, BlobView view, policy::Decision decision,
                       Timestamp now)
    : floors_(&floors),
      terms_(std::move(terms)),
      view_(std::move(view)),
      decision_(std::move(decision)),
      now_(now),
      state_{.head = view_.current ? std::optional(*view_.current) : std::nullopt, .history = view_.history},
      effect_{.guards = view_.guards} {}

Task<Result<BlobChange>> BlobChange::open(const Floors& floors, policy::Exchange& exchange,
                                          ChangeTerms terms) {
  const auto now = floors.clock.now();
  auto view = CO_TRY(look_up(floors, terms.blob));
  view.bring(terms.key);
  auto decision = floors.gate.decide(exchange, terms.intent);
  if (auto fit = check(view, terms, now); !fit)
    co_return std::unexpected(
        co_await operations::refuse(floors, exchange, std::move(decision), view.guards, fit.error()));
  co_return BlobChange(floors, std::move(terms), std::move(view), std::move(decision), now);
}

blobs::BlobHead BlobChange::new_head(const blobs::ContentHeaders& content, const blobs::Metadata& metadata,
                                     const std::optional<blobs::Tags>& tags) const {
  blobs::BlobHead head;
  head.created = view_.head ? view_.head->created : now_;
  head.last_modified = now_;
  head.etag = blobs::ETag::next(now_, view_.head ? view_.head->etag : blobs::ETag());
  head.content = content;
  head.metadata = metadata;
  blobs::set_attribute(head.attributes, tags);
  blobs::set_attribute(head.attributes, blobs::encrypted_with(terms_.key));
  auto lease = view_.lease;
  blobs::after_change(lease, now_);
  blobs::set_attribute(head.attributes, lease);
  return head;
}

void BlobChange::touch() {
  auto& head = *state_.head;
  head.last_modified = now_;
  head.etag = blobs::ETag::next(now_, head.etag);
  auto lease = view_.lease;
  blobs::after_change(lease, now_);
  blobs::set_attribute(head.attributes, lease);
}

void BlobChange::add(blobs::ContentChange change) {
  blobs::add(effect_, {terms_.blob.account.text(), container(), now_}, std::move(change));
}

Result<void> BlobChange::end_current() {
  if (state_.head) add(TRY(blobs::end_current(name())));
  return {};
}

Result<void> BlobChange::discard_blocks() {
  auto uncommitted = TRY(look_up_uncommitted(floors_->store, keys(), container(), terms_.blob.blob));
  effect_.guards.push_back(std::move(uncommitted.guard));
  if (uncommitted.set)
    blobs::close_set(effect_, {terms_.blob.account.text(), container(), now_}, terms_.blob.blob,
                     *uncommitted.set, true);
  return {};
}

Result<void> BlobChange::replace_current(blobs::BlobHead head) {
  TRY(end_current());
  TRY(discard_blocks());
  state_.head = std::move(head);
  return {};
}

Task<Error> BlobChange::refuse(policy::Exchange& exchange, Error error) {
  return operations::refuse(*floors_, exchange, std::move(decision_), effect_.guards, std::move(error),
                            effect_.untouched);
}

Task<Result<Changed>> BlobChange::commit(policy::Exchange& exchange, ledger::Outcome outcome) {
  const blobs::TaggedBlob tagged{terms_.blob.account.text(), terms_.blob.container.text(), container(),
                                 terms_.blob.blob.text()};
  CO_TRY(blobs::update_tag_rows(effect_.writes, keys(), tagged, view_.current.get(),
                                state_.head ? &*state_.head : nullptr));
  effect_.writes.push_back(blobs::write_name(keys(), blobs::blob_key(container(), terms_.blob.blob), state_));
  const auto* told = state_.head && !view_.is_past() ? &*state_.head : view_.head.get();
  if (told) outcome.content_root = told->content_root;
  if (terms_.blob.past) outcome.version = version_of(terms_.blob);
  CO_TRY(co_await floors_->ledger.commit(exchange, std::move(decision_), outcome, std::move(effect_)));
  co_return told ? Changed{told->etag, told->last_modified} : Changed{};
}

}  // namespace vitrine::operations
