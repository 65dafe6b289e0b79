// What all operations that change a blob have in common: they find it, decide, refuse what does not fit, and
// commit what becomes of the name.
#pragma once

#include "blobs/collection.h"
#include "blobs/keeping.h"
#include "blobs/lifetime.h"
#include "blobs/pages.h"
#include "blobs/tags.h"
#include "operations/containers.h"

namespace vitrine::operations {

/// Whether an operation needs the blob that it changes to be there.
enum class Presence : std::uint8_t { Needed, Optional };

/// What is to be changed, by whom, and what must hold for it.
struct ChangeTerms {
  policy::Intent intent;
  BlobRef blob;
  blobs::Conditions conditions;
  blobs::Guarded guarded = blobs::kWriteBlob;
  Presence presence = Presence::Needed;
  bool may_overwrite = true;    ///< false: the credential may only create
  bool is_of_content = false;   ///< does not go with an archived blob
  bool spares_state = false;    ///< changes nothing that immutability protects
  bool of_gone = false;         ///< is about a past state that is deleted
  blobs::CustomerKeyPtr key{};  ///< new content is written under it
  bool opens_content = false;   ///< the key must be the one of the content that is there
};

/// The container is there, the credential reaches as far as that, the conditions hold, and the blob is there
/// if it is needed; otherwise the error to answer: a condition on an absent blob fails before its absence is
/// told. Errors: also UnauthorizedBlobOverwrite.
Result<void> check(const BlobView& view, const ChangeTerms& terms, Timestamp now);

/// A blob that is there is made of blocks, or of one piece. Errors: InvalidBlobType.
Result<void> check_blocks(const BlobView& view);
/// The blob is made of pages. Precondition: it is there. Errors: InvalidBlobType.
Result<void> check_pages(const BlobView& view);

/// A blob under a change. The name begins as it was found. Where the terms name a snapshot, they are held
/// against that, and the record speaks of it.
class BlobChange {
 public:
  /// Looks and decides. What does not fit is refused, on record. Errors: ContainerNotFound, BlobNotFound,
  /// PolicyDenied, those of conditions and of the store.
  static Task<Result<BlobChange>> open(const Floors& floors, policy::Exchange& exchange, ChangeTerms terms);

  [[nodiscard]] const BlobView& found() const { return view_; }
  [[nodiscard]] bool is_permitted() const { return std::holds_alternative<policy::Permit>(decision_); }
  [[nodiscard]] Timestamp now() const { return now_; }
  [[nodiscard]] const keys::DataKeys& keys() const { return *view_.keys; }
  [[nodiscard]] const blobs::ContainerId& container() const { return view_.container->id; }
  /// What the account keeps of states that make way or are deleted. Errors: those of the store.
  Result<blobs::Keeping> keeping() const;
  /// The state that the terms name, past or current; the caller's to change. Precondition: there is one.
  [[nodiscard]] blobs::BlobHead& subject() { return past_ ? *past_ : *state_.head; }
  /// What the name is to be; a head in it is the caller's to change.
  [[nodiscard]] blobs::NameState& state() { return state_; }
  [[nodiscard]] blobs::NameView name() {
    return {floors_->store, keys(), container(), terms_.blob.blob, state_};
  }
  [[nodiscard]] blobs::PageBlob pages() { return {floors_->store, keys(), container(), *state_.head}; }

  /// A head for new content: tag and time of the change, the creation time and lease of the one before.
  [[nodiscard]] blobs::BlobHead new_head(const blobs::ContentHeaders& content,
                                         const blobs::Metadata& metadata,
                                         const std::optional<blobs::Tags>& tags) const;
  /// The new head is there as long as is asked for; otherwise refused, on record. Errors: those of
  /// blobs::give_lifetime().
  Task<Result<void>> give_lifetime(policy::Exchange& exchange, blobs::BlobHead& head,
                                   const blobs::Lifetime& lifetime);
  /// The head's tag and time are those of this change, and a lease that is over goes. Precondition: there is
  /// a head.
  void touch();

  void add(blobs::ContentChange change);
  /// Whether what makes way ends, and nothing of it is kept. Errors: those of the store.
  Result<bool> current_ends() const;
  /// The current state makes way for another. Errors: those of the store.
  Result<void> end_current();
  /// What the blob was becomes a version, where it has them; its head goes on.
  void begin_version();
  /// The head is the current one from now on. Precondition: the one before made way.
  void set_current(blobs::BlobHead head);
  /// Uncommitted blocks go. Errors: those of the store.
  Result<void> discard_blocks();
  /// The head takes the place of the current content and of uncommitted blocks. Errors: those of the store.
  Result<void> replace_current(blobs::BlobHead head);
  /// More that the commit relies on and changes.
  ledger::Effect& effect() { return effect_; }

  /// Puts on record that the answer is `error`. Returns what to answer.
  Task<Error> refuse(policy::Exchange& exchange, Error error);
  /// Writes the name's state and makes the record, whose outcome speaks of the head that is there then, or
  /// was before. Errors: those of Ledger::commit.
  Task<Result<Changed>> commit(policy::Exchange& exchange, ledger::Outcome outcome);

 private:
  BlobChange(const Floors& floors, ChangeTerms terms, BlobView view, policy::Decision decision,
             Timestamp now);

  const Floors* floors_;
  ChangeTerms terms_;
  BlobView view_;
  policy::Decision decision_;
  Timestamp now_;
  blobs::NameState state_;
  std::optional<blobs::BlobHead> past_;  ///< when the terms name a past state
  ledger::Effect effect_;
};

}  // namespace vitrine::operations
