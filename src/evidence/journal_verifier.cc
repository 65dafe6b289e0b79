#include "evidence/journal_verifier.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <map>

#include "base/counted.h"
#include "base/encoding.h"
#include "evidence/erasures_in_log.h"
#include "evidence/journal_export.h"
#include "evidence/loss.h"
#include "evidence/promise_verifier.h"
#include "evidence/promised_receipt.h"
#include "evidence/readable.h"
#include "evidence/receipt.h"
#include "evidence/receipt_verifier.h"
#include "evidence/refuted.h"
#include "evidence/stated_gaps.h"
#include "evidence/steps.h"
#include "tlog/log_walk.h"

namespace vitrine::evidence {
namespace {

struct Fault {
  std::string sentence;
  std::string place;
};

/// What a receipt or a promise says of its record.
struct Expected {
  Digest leaf;
  std::string named;  ///< "receipt a.json"
  bool promised = false;
};

/// What is established so far; each step adds to it.
struct Walk : SealedWalk {
  const ReadJournalFile& read;
  const KeptEvidence& kept;

  SealedHead earlier{};
  Digest root = tlog::empty_root();
  Digest earlier_root = tlog::empty_root();
  std::multimap<std::uint64_t, Expected> expected{};  ///< by index
  std::optional<Fault> first_fault{};
  std::optional<Fault> first_contradiction{}, first_broken{};

  std::uint64_t open = 0, dropped = 0, permitted = 0, denied = 0;
  StatedGaps gaps{};
  /// Of promises for earlier seals than the journal's: how many, and the first of those seals.
  std::uint64_t late = 0, late_seal = 0;
  std::optional<ErasuresInLog> published{};
};

Result<std::string> check_document(Walk& walk) {
  const auto document = TRY(walk.read(kJournalHeadFile));
  auto head = read_journal_head(as_text(document));
  if (!head)
    return fail(Code::Corrupt, fmt::format("This is no journal's head that this program reads. {} Export the "
                                           "journal again.",
                                           head.error().message));
  walk.sealed = std::move(*head);
  const auto expected = journal_head_json(walk.sealed);
  if (!expected) return "The document has the form of a journal's head.";  // the seal's check says what it is
  if (auto place = TRY(first_difference(as_text(document), *expected)))
    return refuted("The head says something else at '{}' than its sealed bytes: it was changed{}.", *place,
                   place->empty()
                       ? ", or a tool read the JSON and wrote it again in another order or spelling: "
                         "take the file as it was exported"
                       : "");
  return "The document has the form of a journal's head.";
}

/// The earlier head is verified like this one, and must be one of the same journal.
Result<std::string> check_earlier(Walk& walk) {
  auto earlier = read_journal_head(*walk.kept.since);
  if (!earlier)
    return fail(Code::Corrupt, fmt::format("This is no journal's head. {}", earlier.error().message));
  SealedWalk own{.log = walk.log, .sealed = *earlier};
  TRY(check_checkpoint(own));
  TRY(check_log(own));
  TRY(check_seal(own));
  TRY(check_slot(own));
  walk.earlier = std::move(*earlier);
  const auto& head = walk.earlier.head;
  if (walk.earlier.slot != walk.sealed.slot)
    return refuted("The earlier head is that of the journal in slot {}, this one is in slot {}.",
                   walk.earlier.slot, walk.sealed.slot);
  if (head.journal != walk.sealed.head.journal)
    return refuted("Slot {} had another journal earlier: {}.", walk.earlier.slot,
                   second_journal_begun(walk.earlier.slot));
  if (head.size > walk.sealed.head.size)
    return refuted(
        "The journal went back: it had {} in seal {} and has {} in seal {}; unless the two were exchanged, "
        "or "
        "are of different histories of it.",
        counted(head.size, "record"), own.seal.number, walk.sealed.head.size, walk.seal.number);
  return fmt::format("The log committed to {} of this journal in seal {}.", counted(head.size, "record"),
                     own.seal.number);
}

Result<void> expect_receipt(const std::string& document, const std::string& named, Walk& walk) {
  const auto verification = verify_receipt(document, walk.log);
  if (const auto* failure = verification.failure())
    return refuted("It does not verify by itself: {}", failure->sentence);
  if (is_promised_receipt(document))
    return refuted("It is promised only, not sealed: give it as a promise, or fetch it again.");
  const auto receipt = TRY(read_receipt(document));
  const auto& head = receipt.sealed.head;
  if (head.journal != walk.sealed.head.journal)
    return refuted("It is of a record in {}.",
                   receipt.sealed.slot == walk.sealed.slot
                       ? "another journal in the same slot: " + second_journal_begun(walk.sealed.slot)
                       : "the journal of another slot");
  if (receipt.index >= walk.sealed.head.size) {
    const auto seal = TRY(decode_entry(receipt.sealed.seal_entry));
    if (std::get<Seal>(seal).number > walk.seal.number)
      return refuted("Its record came after this journal was exported: export it again.");
    return refuted(
        "It proves record {} in a seal that is not newer, but this journal has only {}: records were "
        "dropped.",
        receipt.index, counted(walk.sealed.head.size, "record"));
  }
  walk.expected.emplace(receipt.index,
                        Expected{tlog::leaf_hash(leaf_data(head.journal, receipt.commitments)), named});
  return {};
}

Result<void> expect_promise(const Promise& promise, const std::string& named, Walk& walk) {
  TRY(check_signature(promise, walk.log));
  TRY(check_round(promise));
  const auto& [journal, index, leaf] = promise.record;
  const auto& head = walk.sealed.head;
  if (journal != head.journal) return refuted("It is for a record in another journal.");
  if (index < head.size) {
    walk.expected.emplace(index, Expected{leaf, named, true});
    if (promise.round.seal < walk.seal.number && walk.late++ == 0) walk.late_seal = promise.round.seal;
    return {};
  }
  if (promise.round.seal > walk.seal.number)
    return refuted("It is due in seal {}, and this journal is as of seal {}: export it again.",
                   promise.round.seal, walk.seal.number);
  return refuted(
      "It is BROKEN: record {} was promised in seal {} at the latest, but in seal {} this journal has only "
      "{}. The promise and this journal's head, both signed by the log, prove it to everybody: publish both.",
      index, promise.round.seal, walk.seal.number, counted(head.size, "record"));
}

/// "receipt a.json", or "receipt 2".
std::string called(std::string_view kind, const std::vector<KeptDocument>& all, std::size_t which) {
  const auto& name = all[which].name;
  return fmt::format("{} {}", kind, name.empty() ? fmt::to_string(which + 1) : name);
}

Result<std::string> check_promises(Walk& walk) {
  const auto& promises = walk.kept.promises;
  for (std::size_t i = 0; i < promises.size(); ++i) {
    walk.place = called("promise", promises, i);
    TRY(expect_promise(TRY(read_promise(promises[i].text)), walk.place, walk));
  }
  return fmt::format("{} signed by the log, for records of this journal.",
                     counted(promises.size(), "promise was", "promises were"));
}

Result<std::string> check_receipts(Walk& walk) {
  const auto& receipts = walk.kept.receipts;
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    walk.place = called("receipt", receipts, i);
    TRY(expect_receipt(receipts[i].text, walk.place, walk));
  }
  return fmt::format("{} by themselves, and of this journal.",
                     counted(receipts.size(), "receipt verifies", "receipts verify"));
}

void note(std::optional<Fault>& first, std::string sentence, const std::string& place) {
  if (!first) first = Fault{std::move(sentence), place};
}

void look_at(const ShownRecord& record, std::uint64_t index, const std::string& place, Walk& walk) {
  walk.gaps.follow(record, index);
  const auto is_closed = [](const ShownFacet& facet) { return std::holds_alternative<Digest>(facet); };
  walk.open += std::ranges::none_of(record.facets, is_closed) ? 1 : 0;
  // decode_shown() read them already.
  if (const auto* why = open_facet(record, FacetKind::Why))
    ++(decode_why(why->cbor)->decision == Decision::Permitted ? walk.permitted : walk.denied);
  const auto* facet = open_facet(record, FacetKind::Outcome);
  if (!facet) return;
  const auto outcome = decode_outcome(facet->cbor).value();
  if (outcome.time > walk.seal.time + kClockTolerance)
    note(walk.first_fault,
         fmt::format("Record {} claims {}, more than {} s after the seal that contains it ({}): one of the "
                     "two is false.",
                     index, to_iso8601(outcome.time), kClockTolerance.count(), readable_time(walk.seal.time)),
         place);
  if (outcome.closing && outcome.closing->first_index >= index)
    note(walk.first_fault,
         fmt::format("Record {} closes record {}, which does not stand before it.", index,
                     outcome.closing->first_index),
         place);
}

void compare_with_expected(std::uint64_t index, const Digest& leaf, const std::string& place, Walk& walk) {
  for (auto [at, end] = walk.expected.equal_range(index); at != end; ++at) {
    const auto& expected = at->second;
    if (expected.leaf == leaf) continue;
    if (expected.promised)
      note(walk.first_broken,
           fmt::format("Record {} is not the one that {} is for: the promise is BROKEN. It and this "
                       "journal's head, both signed by the log, prove it to everybody: publish both.",
                       index, expected.named),
           place);
    else
      note(walk.first_contradiction,
           fmt::format("Record {} is not the one that {} proves: history was rewritten. The receipt and this "
                       "journal's head, both signed by the log, show it to everybody.",
                       index, expected.named),
           place);
  }
}

Result<std::string> check_files(Walk& walk) {
  const auto leaf_of = [&](ConstBytes entry) { return leaf_of_entry(entry, walk.sealed.head.journal); };
  tlog::LogWalk files(walk.read, walk.sealed.head.size, leaf_of, tlog::LogWalk::Dropped::Accepted);
  auto complete = files.run([&](const std::optional<ConstBytes>& entry, const Digest& leaf) {
    const auto index = files.entries() - 1;
    if (entry)
      look_at(decode_shown(*entry).value(), index, files.place(), walk);
    else
      walk.gaps.follow_missing(index);
    compare_with_expected(index, leaf, files.place(), walk);
    if (files.entries() == walk.earlier.head.size) walk.earlier_root = files.root();
  });
  walk.root = files.root();
  walk.dropped = files.dropped();
  walk.place = files.place();
  TRY(std::move(complete));
  return walk.dropped == 0
             ? std::string("All records and tiles are there, and every tile holds the hashes of its records.")
             : fmt::format(
                   "All tiles are there and hold the hashes of the records that are; of {} only the hash is "
                   "there.",
                   counted(walk.dropped, "record"));
}

Result<std::string> check_root(Walk& walk) {
  if (walk.root == walk.sealed.head.root)
    return "The root over all records is the one that the seal commits to.";
  return refuted("The records are not those that the seal commits to: their root is another one.");
}

/// An operator may drop what was kept long enough, and says so; nobody else's absence is explained.
Result<void> check_missing(const Walk& walk) {
  const auto unstated = walk.gaps.missing_unstated();
  if (!unstated) return {};
  return refuted(
      "Records {} to {} are missing, {} in all, and no record says that they were dropped: somebody removed "
      "them, here or on the server. If records were dropped while this was exported, export it again.",
      unstated->first, unstated->last, unstated->count);
}

Result<std::string> check_records(Walk& walk) {
  TRY(check_missing(walk));
  if (!walk.first_fault)
    return fmt::format("{} read.",
                       counted(walk.sealed.head.size - walk.dropped, "record was", "records were"));
  walk.place = walk.first_fault->place;
  return fail(Code::VerificationFailed, walk.first_fault->sentence);
}

Result<std::string> check_history(Walk& walk) {
  const auto& earlier = walk.earlier.head;
  if (walk.earlier_root == earlier.root)
    return fmt::format("The first {} those of the earlier head.",
                       counted(earlier.size, "record is", "records are"));
  return refuted(
      "History was rewritten: the first {} not those that the log committed to earlier. The two heads, both "
      "signed by the log, show it to everybody.",
      counted(earlier.size, "record is", "records are"));
}

Result<std::string> check_kept_promises(Walk& walk) {
  const auto promises = walk.kept.promises.size();
  if (!walk.first_broken && walk.late == 0)
    return fmt::format("{} kept: the records stand where they were promised.",
                       counted(promises, "promise is", "promises are"));
  if (!walk.first_broken)
    return fmt::format("The records of {} are there; but {}{}", counted(promises, "promise"),
                       shown_late("journal", walk.seal.number, walk.late_seal),
                       walk.late == 1 ? "" : fmt::format(" It is so with {} of them.", walk.late));
  walk.place = walk.first_broken->place;
  return fail(Code::VerificationFailed, walk.first_broken->sentence);
}

Result<std::string> check_kept_receipts(Walk& walk) {
  if (!walk.first_contradiction)
    return fmt::format("The records of {} stand where the receipts say.",
                       counted(walk.kept.receipts.size(), "receipt"));
  walk.place = walk.first_contradiction->place;
  return fail(Code::VerificationFailed, walk.first_contradiction->sentence);
}

Result<std::string> check_public_log(Walk& walk) {
  walk.published.emplace(JournalPlaceInLog{walk.sealed.slot, walk.sealed.seal_index, walk.seal});
  return walk.published->read(*walk.kept.public_log, walk.log, walk.place);
}

Result<std::string> check_erasures(Walk& walk) {
  return walk.published->compare(walk.gaps.erasures(), walk.dropped);
}

constexpr const char* kEarlier = "earlier head";

std::vector<Step<Walk>> steps_for(const KeptEvidence& kept) {
  std::vector<Step<Walk>> steps{
      {"document", kJournalHeadFile, check_document},
      {"checkpoint", kJournalHeadFile, [](Walk& walk) { return check_checkpoint(walk); }},
      {"log", kJournalHeadFile, [](Walk& walk) { return check_log(walk); }},
      {"seal", kJournalHeadFile, [](Walk& walk) { return check_seal(walk); }},
      {"slot", kJournalHeadFile, [](Walk& walk) { return check_slot(walk); }},
  };
  if (kept.since) steps.push_back({"earlier head", kEarlier, check_earlier});
  if (!kept.receipts.empty()) steps.push_back({"receipts", "", check_receipts});
  if (!kept.promises.empty()) steps.push_back({"promises", "", check_promises});
  steps.push_back({"files", "", check_files});
  steps.push_back({"root", kJournalHeadFile, check_root});
  steps.push_back({"records", "", check_records});
  if (kept.since) steps.push_back({"history", kEarlier, check_history});
  if (!kept.receipts.empty()) steps.push_back({"receipts' records", "", check_kept_receipts});
  if (!kept.promises.empty()) steps.push_back({"promises kept", "", check_kept_promises});
  if (kept.public_log) steps.push_back({"public log", "", check_public_log});
  if (kept.public_log) steps.push_back({"erasures", "", check_erasures});
  return steps;
}

void state_facts(const Walk& walk, Verification& verification) {
  const auto state = [&](std::string name, std::uint64_t count) {
    verification.state(std::move(name), fmt::to_string(count));
  };
  verification.state("log", walk.log.name());
  verification.state("seal", fmt::format("{} of {}", walk.seal.number, readable_time(walk.seal.time)));
  state("slot", walk.sealed.slot);
  verification.state("journal", to_hex(walk.sealed.head.journal.bytes));
  state("records", walk.sealed.head.size);
  state("records wholly open", walk.open);
  for (auto kind : kFacetKinds) {
    if (const auto closed = walk.gaps.closed(kind); closed > 0)
      state(fmt::format("facet '{}' closed in", name(kind)), closed);
    if (const auto unstated = walk.gaps.closed_unstated(kind); unstated > 0)
      state(fmt::format("facet '{}' closed without a record of it in", name(kind)), unstated);
  }
  if (walk.dropped > 0) state("records dropped, as a record says", walk.dropped);
  if (walk.published)
    walk.published->state(verification);
  else
    verification.state(
        "erasures", fmt::format("{}, not held against the public log (--log)", walk.gaps.erasures().size()));
  state("permitted", walk.permitted);
  state("denied", walk.denied);
}

}  // namespace

Verification verify_journal(const ReadJournalFile& read, const tlog::NoteKey& log, const KeptEvidence& kept) {
  Walk walk{{log}, read, kept};
  const auto steps = steps_for(kept);
  auto verification = take_steps<Walk>("journal", steps, walk);
  if (verification.verified()) state_facts(walk, verification);
  return verification;
}

}  // namespace vitrine::evidence
