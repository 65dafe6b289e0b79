#include "evidence/receipt_verifier.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "evidence/promised_receipt.h"
#include "evidence/readable.h"
#include "evidence/receipt.h"
#include "evidence/steps.h"

namespace vitrine::evidence {
namespace {

/// What is established so far; each step adds to it.
struct Walk : SealedWalk {
  std::string_view document;
  Receipt receipt{};
};

// A step says what it established, or fails with what is wrong.

Result<std::string> check_document(Walk& walk) {
  auto receipt = read_receipt(walk.document);
  if (!receipt) return unread_receipt(receipt.error());
  walk.receipt = std::move(*receipt);
  walk.sealed = walk.receipt.sealed;
  return "The document has the form of a receipt.";
}

Result<std::string> check_journal(Walk& walk) {
  const auto& receipt = walk.receipt;
  const auto& head = receipt.sealed.head;
  auto leaf = tlog::leaf_hash(leaf_data(head.journal, receipt.commitments));
  auto included = tlog::verify_inclusion(leaf, receipt.index, head.size, receipt.journal_path, head.root);
  if (!included)
    return fail(
        Code::VerificationFailed,
        fmt::format("The record is not in the journal: its index, its path or one of its four commitments "
                    "was changed. {}",
                    included.error().message));
  return fmt::format("The record stands at index {} of the journal, counted from 0.", receipt.index);
}

template <FacetKind kKind>
Result<std::string> check_facet(Walk& walk) {
  return check_facet(kKind, walk.receipt.opened, walk.receipt.commitments);
}

Result<std::string> check_readable(Walk& walk) {
  return check_spelling(walk.document, TRY(receipt_json(walk.receipt)), walk.place);
}

constexpr Step<Walk> kSteps[] = {
    {"document", "", check_document},
    {"checkpoint", "/checkpoint", [](Walk& walk) { return check_checkpoint(walk); }},
    {"log", "/seal", [](Walk& walk) { return check_log(walk); }},
    {"seal", "/seal/entry", [](Walk& walk) { return check_seal(walk); }},
    {"slot", "/slot", [](Walk& walk) { return check_slot(walk); }},
    {"journal", "/record", check_journal},
    {"facet who", "/record/facets/who", check_facet<FacetKind::Who>},
    {"facet what", "/record/facets/what", check_facet<FacetKind::What>},
    {"facet why", "/record/facets/why", check_facet<FacetKind::Why>},
    {"facet outcome", "/record/facets/outcome", check_facet<FacetKind::Outcome>},
    {"readable fields", "", check_readable},
    {"time", "/record/facets/outcome",
     [](Walk& walk) { return check_time(walk.receipt.opened, walk.seal.time, "seal"); }},
};

/// What a verified receipt says, as lines for people.
void state_facts(const Walk& walk, Verification& verification) {
  verification.state("level", "sealed");
  verification.state("which means",
                     "the record is in a seal of the log that was signed; that everybody is shown the same "
                     "log is for witnesses to show");
  verification.state("log", walk.log.name());
  verification.state("seal", fmt::format("{} of {}", walk.seal.number, readable_time(walk.seal.time)));
  verification.state("slot", fmt::to_string(walk.sealed.slot));
  verification.state("journal", to_hex(walk.sealed.head.journal.bytes));
  verification.state("journal index", fmt::to_string(walk.receipt.index));
  state_facets(walk.receipt.opened, verification);
}

}  // namespace

Verification verify_receipt(std::string_view document, const tlog::NoteKey& log) {
  if (is_promised_receipt(document)) return verify_promised_receipt(document, log);
  Walk walk{{log}, document};
  auto verification = take_steps<Walk>("receipt", kSteps, walk);
  if (verification.verified()) state_facts(walk, verification);
  return verification;
}

}  // namespace vitrine::evidence
