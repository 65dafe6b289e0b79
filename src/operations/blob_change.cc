#include "operations/blob_change.h"

#include <algorithm>

#include "blobs/access_tier.h"
#include "blobs/deletion_policy.h"
#include "blobs/immutability.h"
#include "blobs/sealed.h"
#include "blobs/tag_index.h"
#include "operations/expire_blobs.h"
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

namespace {

/// What is under the name, whether or not it is still to be seen.
std::optional<blobs::BlobHead> head_of(const BlobView& view) {
  const auto& head = view.current ? view.current : view.gone;
  return head ? std::optional(*head) : std::nullopt;
}

/// A protected state stays as it is; another may take its place where it becomes a version. Errors:
/// BlobImmutableDueToPolicy.
Result<void> check_protection(const BlobView& view, const ChangeTerms& terms, bool has_versions,
                              Timestamp now) {
  if (!view.head || terms.spares_state) return {};
  const bool replaces = terms.guarded.precondition == blobs::Precondition::OfCreate;
  if (replaces && has_versions) return {};
  return blobs::check_mutable(view.head->attributes, now);
}

/// Whoever deletes a container has to look for protected states from then on.
void note_protection(ledger::Effect& effect, const BlobView& view, const BlobRef& blob) {
  effect.touches.push_back(blobs::protected_name(view.container->id));
  if (view.container->attributes.contains(blobs::HadProtection::kAttribute)) return;
  auto head = *view.container;
  blobs::set_attribute(head.attributes, std::optional(blobs::HadProtection()));
  effect.writes.push_back(blobs::seal(*view.keys, blobs::container_key(blob.account, blob.container),
                                      blobs::encode_container(head)));
}

}  // namespace

BlobChange::BlobChange(const Floors& floors, ChangeTerms terms, BlobView view, policy::Decision decision,
                       Timestamp now)
    : floors_(&floors),
      terms_(std::move(terms)),
      view_(std::move(view)),
      decision_(std::move(decision)),
      now_(now),
      state_{.head = head_of(view_), .history = view_.history},
      past_{view_.head && view_.is_past() ? std::optional(*view_.head) : std::nullopt},
      effect_{.guards = view_.guards} {}

Task<Result<BlobChange>> BlobChange::open(const Floors& floors, policy::Exchange& exchange,
                                          ChangeTerms terms) {
  const auto now = floors.clock.now();
  auto view = CO_TRY(look_up(floors, terms.blob));
  view.bring(terms.key);
  if (terms.of_gone) view.head = view.gone_past;
  auto decision = floors.gate.decide(exchange, terms.intent);
  auto fit = check(view, terms, now);
  if (fit) fit = check_protection(view, terms, floors.keeping.versions(terms.blob.account.text()), now);
  if (!fit)
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

Task<Result<void>> BlobChange::give_lifetime(policy::Exchange& exchange, blobs::BlobHead& head,
                                             const blobs::Lifetime& lifetime) {
  auto given = blobs::give_lifetime(head.attributes, lifetime, head.created, now_);
  if (!given) co_return std::unexpected(co_await refuse(exchange, given.error()));
  co_return given;
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

Result<blobs::Keeping> BlobChange::keeping() const {
  const auto& account = terms_.blob.account;
  const auto policy = TRY(blobs::look_up_deletion_policy(floors_->store, keys(), account));
  return blobs::Keeping{
      .now = now_, .versions = floors_->keeping.versions(account.text()), .retention = policy.retention};
}

Result<bool> BlobChange::current_ends() const {
  if (!view_.current || view_.current->version || view_.history) return false;
  const auto kept = TRY(keeping());
  return !kept.versions && !kept.retention;
}

Result<void> BlobChange::end_current() {
  if (state_.head) add(TRY(blobs::give_way(name(), TRY(keeping()))));
  return {};
}

void BlobChange::begin_version() {
  if (floors_->keeping.versions(terms_.blob.account.text())) add(blobs::begin_version(name(), now_).change);
}

void BlobChange::set_current(blobs::BlobHead head) {
  if (floors_->keeping.versions(terms_.blob.account.text()))
    head.version = blobs::Moment::next(now_, state_.latest());
  state_.head = std::move(head);
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
  set_current(std::move(head));
  return {};
}

Task<Error> BlobChange::refuse(policy::Exchange& exchange, Error error) {
  return operations::refuse(*floors_, exchange, std::move(decision_), effect_.guards, std::move(error),
                            effect_.untouched);
}

Task<Result<Changed>> BlobChange::commit(policy::Exchange& exchange, ledger::Outcome outcome) {
  const blobs::TaggedBlob tagged{terms_.blob.account.text(), terms_.blob.container.text(), container(),
                                 terms_.blob.blob.text()};
  // A blob that has expired and was not collected yet has its rows still.
  const auto& before = view_.current ? view_.current : view_.gone;
  CO_TRY(blobs::update_tag_rows(effect_.writes, keys(), tagged, before.get(),
                                state_.head ? &*state_.head : nullptr));
  effect_.writes.push_back(blobs::write_name(keys(), blobs::blob_key(container(), terms_.blob.blob), state_));
  if (past_ && *past_ != *view_.head)
    effect_.writes.push_back(blobs::seal(
        keys(), blobs::past_key(container(), terms_.blob.blob, *state_.history, *terms_.blob.past),
        blobs::encode_blob(*past_)));
  const auto goes_at = state_.head ? CO_TRY(blobs::goes_at(state_.head->attributes)) : std::nullopt;
  if (goes_at) add({.retained = {{terms_.blob.blob.text(), std::max(*goes_at, now_) + kUntilCollected}}});
  const bool protects = (state_.head && blobs::bears_protection(state_.head->attributes)) ||
                        (past_ && blobs::bears_protection(past_->attributes));
  if (protects) note_protection(effect_, view_, terms_.blob);
  const bool is_there = state_.head && !state_.head->deletion && !view_.is_past();
  const auto* told = is_there ? &*state_.head : view_.head.get();
  if (told) outcome.content_root = told->content_root;
  if (terms_.blob.past)
    outcome.version = version_of(terms_.blob);
  else if (outcome.version.empty() && is_there && told->version)
    outcome.version = told->version->text();
  CO_TRY(co_await floors_->ledger.commit(exchange, std::move(decision_), outcome, std::move(effect_)));
  co_return told ? Changed{told->etag, told->last_modified, told->version} : Changed{};
}

}  // namespace vitrine::operations
