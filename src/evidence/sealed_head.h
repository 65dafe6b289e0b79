// A journal as one seal commits to it, with the way from there to what the log signed: the part that receipts
// and exported journals share. (docs/formats/receipt.md, docs/formats/journal.md)
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "evidence/heads.h"
#include "evidence/json_node.h"
#include "evidence/seal.h"
#include "tlog/checkpoint.h"

namespace vitrine::evidence {

struct SealedHead {
  JournalHead head;

  /// The journal's place in the heads tree, the salt of its leaf, and the leaf's path.
  std::uint64_t slot = 0;
  Salt slot_salt;
  tlog::Proof heads_path;

  /// The seal's entry in the public log, and its path to the checkpoint's root.
  Bytes seal_entry;
  std::uint64_t seal_index = 0;
  tlog::Proof log_path;
  /// The signed note.
  std::string checkpoint;

  bool operator==(const SealedHead&) const = default;
};

/// Appends the members "slot", "seal" and "checkpoint". Errors: Corrupt when the entry is no seal.
Result<void> write_sealed(const SealedHead& sealed, boost::json::object& document);
/// Reads the same members; `sealed.head` is for the caller. Errors: Corrupt, with the place.
Result<void> read_sealed(const JsonNode& document, SealedHead& sealed);

boost::json::array proof_to_json(const tlog::Proof& proof);

/// Where a document differs from the one expected: a JSON pointer (RFC 6901), empty when the values are the
/// same and yet the text is another; or nothing when it does not. Whitespace between tokens is no difference.
/// Errors: Corrupt when it is no JSON.
Result<std::optional<std::string>> first_difference(std::string_view document,
                                                    const boost::json::value& expected);

/// How much later than its seal a record may claim to be.
inline constexpr std::chrono::seconds kClockTolerance{10};

/// What the steps of a verification establish about a sealed head. Each of them relies on those before it:
/// checkpoint, log, seal, slot.
struct SealedWalk {
  const tlog::NoteKey& log;
  std::string place{};  ///< of the check at hand

  SealedHead sealed{};
  tlog::Checkpoint checkpoint{};
  Seal seal{};
};

/// The log's key signed size and root.
Result<std::string> check_checkpoint(SealedWalk& walk);
/// The seal is an entry of the log.
Result<std::string> check_log(SealedWalk& walk);
/// The entry is a seal.
Result<std::string> check_seal(SealedWalk& walk);
/// The seal commits to the journal's id, size and root.
Result<std::string> check_slot(SealedWalk& walk);

/// All of them but the signature, for whoever has no key: that the head's parts belong together. Errors:
/// Corrupt, VerificationFailed.
Result<void> check_below_signature(const SealedHead& sealed);

}  // namespace vitrine::evidence
