#include "evidence/promise_verifier.h"

#include <fmt/format.h>

#include "base/counted.h"
#include "base/encoding.h"
#include "evidence/promised_receipt.h"
#include "evidence/readable.h"
#include "evidence/receipt.h"
#include "evidence/receipt_verifier.h"
#include "evidence/steps.h"

namespace vitrine::evidence {
namespace {

/// What is established so far; each step adds to it.
struct Walk {
  const tlog::NoteKey& log;
  std::string_view text;
  std::string_view receipt_document;
  std::string place;  ///< of the check at hand

  Promise promise;
  Receipt receipt;
  Seal seal;             ///< the receipt's
  bool is_late = false;  ///< the receipt is of a later seal than was promised
};

// A step says what it established, or fails with what is wrong.

Result<std::string> check_document(Walk& walk) {
  auto promise = read_promise(walk.text);
  if (!promise)
    return fail(Code::Corrupt,
                fmt::format("This is not a promise that this program reads. {} If it was cut off, copy the "
                            "header x-ms-vitrine-promise whole.",
                            promise.error().message));
  walk.promise = std::move(*promise);
  return "The text has the form of a promise.";
}

Result<std::string> check_log(Walk& walk) {
  TRY(check_signature(walk.promise, walk.log));
  const auto& round = walk.promise.round;
  return fmt::format("The log '{}' signed at {}, by its own clock, that {} in seal {} at the latest.",
                     walk.log.name(), readable_time(round.time),
                     counted(round.size, "record is", "records are"), round.seal);
}

Result<std::string> check_share(Walk& walk) {
  TRY(check_round(walk.promise));
  return fmt::format("Record {} of the journal is one of them.", walk.promise.record.index);
}

Result<std::string> check_receipt(Walk& walk) {
  const auto verification = verify_receipt(walk.receipt_document, walk.log);
  if (const auto* failure = verification.failure())
    return fail(Code::VerificationFailed,
                fmt::format("The receipt does not verify, so it proves nothing about the promise: {}",
                            failure->sentence));
  if (is_promised_receipt(walk.receipt_document))
    return fail(Code::VerificationFailed,
                "The receipt is promised only: it is of the time before the seal. Fetch it again.");
  walk.receipt = TRY(read_receipt(walk.receipt_document));
  auto entry = TRY(decode_entry(walk.receipt.sealed.seal_entry));
  walk.seal = std::get<Seal>(entry);
  return fmt::format("The receipt verifies: record {} of a journal that has {} in seal {}.",
                     walk.receipt.index, walk.receipt.sealed.head.size, walk.seal.number);
}

/// Whether the receipt shows the record at the promised place, or that it cannot be there.
Result<std::string> check_record(Walk& walk) {
  const auto& promised = walk.promise.record;
  const auto& receipt = walk.receipt;
  if (receipt.sealed.head.journal != promised.journal)
    return fail(Code::VerificationFailed,
                "The receipt is of another journal: it says nothing about the promised record.");
  if (receipt.index == promised.index) return "The receipt is of the promised place in the journal.";
  const bool is_due = walk.seal.number >= walk.promise.round.seal;
  if (is_due && receipt.sealed.head.size <= promised.index)
    return "The receipt shows how long the journal was when the promise was due.";
  return fail(Code::VerificationFailed,
              fmt::format("The receipt is of record {}, the promise of record {}: it says nothing about it. "
                          "Take the receipt of the operation whose answer held the promise.",
                          receipt.index, promised.index));
}

std::unexpected<Error> broken(const Walk& walk, std::string_view how) {
  return fail(
      Code::VerificationFailed,
      fmt::format("The promise is BROKEN: {} Promise and receipt, published together, prove to anybody "
                  "who has the key of '{}' that its operator did not keep what it had signed.",
                  how, walk.log.name()));
}

Result<std::string> check_kept(Walk& walk) {
  const auto& promised = walk.promise.record;
  const auto due = walk.promise.round.seal;
  const auto sealed = walk.seal.number;
  if (walk.receipt.index != promised.index)
    return broken(walk,
                  fmt::format("seal {} has only {} of the journal, and record {} was promised in "
                              "seal {} at the latest.",
                              sealed, counted(walk.receipt.sealed.head.size, "record"), promised.index, due));
  if (tlog::leaf_hash(leaf_data(walk.receipt.sealed.head.journal, walk.receipt.commitments)) != promised.leaf)
    return broken(walk, fmt::format("in seal {} record {} of the journal is another one than was promised.",
                                    sealed, promised.index));
  if (sealed <= due)
    return fmt::format("The promise is kept: seal {} has the record, and seal {} was promised at the latest.",
                       sealed, due);
  walk.is_late = true;
  return fmt::format("The record is there; but {}", shown_late("receipt", sealed, due));
}

constexpr Step<Walk> kSteps[] = {
    {"document", "", check_document}, {"log", "", check_log},       {"round", "", check_share},
    {"receipt", "", check_receipt},   {"record", "", check_record}, {"kept", "", check_kept},
};
constexpr std::size_t kWithoutReceipt = 3;

void state_facts(const Walk& walk, bool with_receipt, Verification& verification) {
  const auto& promise = walk.promise;
  verification.state("log", walk.log.name());
  verification.state("promised", fmt::format("in seal {} at the latest", promise.round.seal));
  verification.state("time", readable_time(promise.round.time));
  verification.state("journal", to_hex(promise.record.journal.bytes));
  verification.state("journal index", fmt::to_string(promise.record.index));
  verification.state("leaf", to_hex(promise.record.leaf));
  if (with_receipt) verification.state("seal", fmt::to_string(walk.seal.number));
}

/// "Is verified" is said of promises that are shown to be kept, and of no others.
void conclude(const Walk& walk, bool with_receipt, Verification& verification) {
  if (!with_receipt)
    verification.conclude(
        "The log signed this promise. Whether it was kept was not asked: give --receipt FILE, the sealed "
        "receipt of the same record.");
  else if (walk.is_late)
    verification.conclude(fmt::format(
        "The log signed this promise, and seal {} has its record. That seal {} had it is not shown.",
        walk.seal.number, walk.promise.round.seal));
}

}  // namespace

Verification verify_promise(std::string_view text, const tlog::NoteKey& log,
                            const std::optional<std::string_view>& receipt) {
  Walk walk{log, text, receipt.value_or(""), {}, {}, {}, {}, {}};
  const std::span<const Step<Walk>> steps(kSteps);
  auto verification = take_steps<Walk>("promise", receipt ? steps : steps.first(kWithoutReceipt), walk);
  if (!verification.verified()) return verification;
  state_facts(walk, receipt.has_value(), verification);
  conclude(walk, receipt.has_value(), verification);
  return verification;
}

std::string shown_late(std::string_view evidence, std::uint64_t seal, std::uint64_t promised) {
  return fmt::format(
      "this {} is of seal {} and cannot show that seal {}, which was promised, had it already; a receipt "
      "that was fetched then can, or an export that was made before.",
      evidence, seal, promised);
}

Result<void> check_signature(const Promise& promise, const tlog::NoteKey& log) {
  if (promise.round.origin != log.name() || promise.key_id != log.id())
    return fail(
        Code::VerificationFailed,
        fmt::format("The promise is one of the log '{}' with key id {:08x}, and the key given is that "
                    "of '{}' with id {:08x}: ask with the key that the log's operator published.",
                    promise.round.origin, promise.key_id, log.name(), log.id()));
  if (crypto::verify(log.key(), encode(promise.round), promise.signature)) return {};
  return fail(Code::VerificationFailed,
              "The log's key did not sign this: root, size, time or seal of the round were changed, or the "
              "signature.");
}

Result<void> check_round(const Promise& promise) {
  auto included = tlog::verify_inclusion(promised_leaf(promise.record), promise.position, promise.round.size,
                                         promise.path, promise.round.root);
  if (included) return {};
  return fail(
      Code::VerificationFailed,
      fmt::format("The record is none of those that were promised: its journal, index or leaf, or its "
                  "place or path in the round was changed. {}",
                  included.error().message));
}

}  // namespace vitrine::evidence
