// Verifies a promise, and whether it was kept, with nothing but the log's public key.
#pragma once

#include <optional>
#include <string_view>

#include "evidence/promise.h"
#include "evidence/verification.h"

namespace vitrine::evidence {

/// That the log's key signed this promise for this record. The text is an answer's header or a receipt that
/// is promised only. With a sealed receipt of the same log also whether the promise was kept: the check
/// "record" fails when the receipt says nothing about the promised record, the check "kept" when it shows the
/// promise broken. Only what is shown to be kept is concluded to be verified.
Verification verify_promise(std::string_view text, const tlog::NoteKey& log,
                            const std::optional<std::string_view>& receipt = std::nullopt);

/// What a receipt or journal ("receipt", "journal") of a later seal than the promised one cannot show, and
/// what can: a clause that ends its sentence.
std::string shown_late(std::string_view evidence, std::uint64_t seal, std::uint64_t promised);

// The checks of a promise by themselves, for documents that hold one. Errors: VerificationFailed.

/// That statement and key id are this log's, and that its key signed the statement.
Result<void> check_signature(const Promise& promise, const tlog::NoteKey& log);
/// That the record is one of those that the statement speaks of.
Result<void> check_round(const Promise& promise);

}  // namespace vitrine::evidence
