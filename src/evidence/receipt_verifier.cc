#include "evidence/receipt_verifier.h"

#include <fmt/format.h>

#include <boost/json.hpp>

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
  if (!receipt)
    return fail(Code::Corrupt,
                fmt::format("This is not a receipt that this program reads. {} Take a fresh copy.",
                            receipt.error().message));
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
  return fmt::format("The record is number {} of the journal.", receipt.index);
}

std::string_view what_was_changed(FacetKind kind) {
  constexpr std::string_view kContents[] = {
      "the principal, credential or client class",
      "the service, action, container, blob, version or content",
      "the purpose, basis, decision, policies or obligations",
      "the quantities, status, time or request id",
  };
  return kContents[static_cast<std::size_t>(kind)];
}

template <FacetKind kKind>
Result<std::string> check_facet(Walk& walk) {
  constexpr auto kPosition = static_cast<std::size_t>(kKind);
  const auto& opened = walk.receipt.opened[kPosition];
  if (!opened)
    return fmt::format("Facet '{}' is kept closed in this receipt; it is proved to exist.", name(kKind));
  if (commitment(kKind, *opened) != walk.receipt.commitments[kPosition])
    return fail(Code::VerificationFailed,
                fmt::format("Facet '{}' does not match its commitment: {} in this receipt was changed.",
                            name(kKind), what_was_changed(kKind)));
  if (auto readable = readable_facet(kKind, opened->cbor); !readable)
    return fail(Code::VerificationFailed,
                fmt::format("Facet '{}' is committed to, but it is not what a facet looks like. {}",
                            name(kKind), readable.error().message));
  return fmt::format("Facet '{}' is what was committed to.", name(kKind));
}

Result<std::string> check_readable(Walk& walk) {
  auto place = TRY(first_difference(walk.document, TRY(receipt_json(walk.receipt))));
  if (!place) return "The readable fields say what the sealed bytes say.";
  walk.place = *place;
  if (place->empty())
    return fail(
        Code::VerificationFailed,
        "The document has fields twice, in another order or in another spelling than receipts are written.");
  return fail(Code::VerificationFailed,
              fmt::format("'{}' does not say what the sealed bytes say: it was changed or added.", *place));
}

Result<std::string> check_time(Walk& walk) {
  const auto& opened = walk.receipt.opened[static_cast<std::size_t>(FacetKind::Outcome)];
  if (!opened) return "The record's time is kept closed in this receipt.";
  auto claimed = TRY(decode_outcome(opened->cbor)).time;
  if (claimed > walk.seal.time + kClockTolerance)
    return fail(
        Code::VerificationFailed,
        fmt::format(
            "The record claims {}, more than {} s after the seal that contains it ({}): one of the two "
            "is false.",
            to_iso8601(claimed), kClockTolerance.count(), readable_time(walk.seal.time)));
  return "The record's time, the operator's claim, is not later than its seal's.";
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
    {"time", "/record/facets/outcome", check_time},
};

/// What a verified receipt says, as lines for people.
Result<void> state_facts(const Walk& walk, Verification& verification) {
  verification.state("level", "sealed");
  verification.state("log", walk.log.name());
  verification.state("seal", fmt::format("{} of {}", walk.seal.number, readable_time(walk.seal.time)));
  verification.state("slot", fmt::to_string(walk.sealed.slot));
  verification.state("journal index", fmt::to_string(walk.receipt.index));
  for (std::size_t i = 0; i < kFacets; ++i) {
    if (!walk.receipt.opened[i]) continue;
    for (const auto& field : TRY(readable_facet(kFacetKinds[i], walk.receipt.opened[i]->cbor))) {
      auto value = field.value().is_string() ? std::string(field.value().get_string())
                                             : boost::json::serialize(field.value());
      verification.state(fmt::format("{}.{}", name(kFacetKinds[i]), std::string_view(field.key())),
                         std::move(value));
    }
  }
  return {};
}

}  // namespace

Verification verify_receipt(std::string_view document, const tlog::NoteKey& log) {
  Walk walk{{log}, document};
  auto verification = take_steps<Walk>("receipt", kSteps, walk);
  if (verification.verified()) state_facts(walk, verification).value();
  return verification;
}

}  // namespace vitrine::evidence
