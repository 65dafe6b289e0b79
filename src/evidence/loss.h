// The public statement that a journal ended because records of it were lost. (docs/formats/public-log.md)
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "evidence/approval.h"
#include "evidence/record.h"

namespace vitrine::evidence {

/// The journal in a slot went as far as `size` and was lost behind it, or may have been: it ends there, and
/// another begins in the same slot with record 0.
struct Loss {
  std::uint64_t slot = 0;
  /// As much of the journal as is left.
  std::uint64_t size = 0;
  /// Over that.
  Digest root{};
  /// What happened, for people; not empty, at most 1,000 bytes.
  std::string reason;
  /// account_commitment() of the journal that begins, or of an empty account name where the account itself
  /// was lost.
  Digest commitment{};
  std::chrono::sys_seconds time;
  /// Of two different people, over loss_statement().
  Approvals approvals{};
  bool operator==(const Loss&) const = default;
};

inline constexpr std::size_t kMostReason = 1000;

/// What the two sign: CBOR ["vitrine-loss-v1", log's origin, slot, size, root, reason, commitment, time].
Bytes loss_statement(std::string_view origin, const Loss& loss);
Approval approve(std::string_view origin, const Loss& loss, const crypto::SigningKey& key);
/// Errors: VerificationFailed when one did not sign it, or both are the same.
Result<void> check_approvals(std::string_view origin, const Loss& loss);

/// For whoever finds another journal in a slot than before: "a second one was begun for the account", and how
/// to tell whether a loss was the reason.
std::string second_journal_begun(std::uint64_t slot);

}  // namespace vitrine::evidence
