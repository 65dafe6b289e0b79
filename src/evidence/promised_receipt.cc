#include "evidence/promised_receipt.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "evidence/promise_verifier.h"
#include "evidence/readable.h"
#include "evidence/steps.h"

namespace vitrine::evidence {
namespace {

namespace json = boost::json;

constexpr std::string_view kLevel = "promised";

/// What is established so far; each step adds to it.
struct Walk {
  const tlog::NoteKey& log;
  std::string_view document;
  std::string place{};  ///< of the check at hand

  PromisedReceipt receipt{};
};

Result<std::string> check_document(Walk& walk) {
  auto receipt = read_promised_receipt(walk.document);
  if (!receipt) return unread_receipt(receipt.error());
  walk.receipt = std::move(*receipt);
  return "The document has the form of a receipt of a record that was not sealed when it was made.";
}

Result<std::string> check_promise(Walk& walk) {
  TRY(check_signature(walk.receipt.promise, walk.log));
  TRY(check_round(walk.receipt.promise));
  return fmt::format("The log '{}' signed that record {} of a journal is in seal {} at the latest.",
                     walk.log.name(), walk.receipt.promise.record.index, walk.receipt.promise.round.seal);
}

Result<std::string> check_record(Walk& walk) {
  const auto& record = walk.receipt.record;
  const auto& promised = walk.receipt.promise.record;
  if (promised == PromisedRecord{record.journal, record.index, record.leaf()})
    return "The promised record is this one.";
  return fail(Code::VerificationFailed,
              "The promise is for another record: the journal's id, the index or one of the four commitments "
              "was changed.");
}

template <FacetKind kKind>
Result<std::string> check_facet(Walk& walk) {
  return check_facet(kKind, walk.receipt.record.opened, walk.receipt.record.commitments);
}

Result<std::string> check_readable(Walk& walk) {
  return check_spelling(walk.document, TRY(receipt_json(walk.receipt)), walk.place);
}

constexpr Step<Walk> kSteps[] = {
    {"document", "", check_document},
    {"promise", "/promise", check_promise},
    {"record", "/record", check_record},
    {"facet who", "/record/facets/who", check_facet<FacetKind::Who>},
    {"facet what", "/record/facets/what", check_facet<FacetKind::What>},
    {"facet why", "/record/facets/why", check_facet<FacetKind::Why>},
    {"facet outcome", "/record/facets/outcome", check_facet<FacetKind::Outcome>},
    {"readable fields", "", check_readable},
    {"time", "/record/facets/outcome",
     [](Walk& walk) {
       return check_time(walk.receipt.record.opened, walk.receipt.promise.round.time, "promise");
     }},
};

void state_facts(const Walk& walk, Verification& verification) {
  const auto& promise = walk.receipt.promise;
  verification.state("level", std::string(kLevel));
  verification.state("which means",
                     fmt::format("the log's key signed that the record is in seal {} at the latest; that it "
                                 "is, only a receipt shows that is fetched after that seal",
                                 promise.round.seal));
  verification.state("log", walk.log.name());
  verification.state("promised", fmt::format("in seal {} at the latest", promise.round.seal));
  verification.state("journal", to_hex(promise.record.journal.bytes));
  verification.state("journal index", fmt::to_string(promise.record.index));
  state_facets(walk.receipt.record.opened, verification);
}

}  // namespace

Result<json::value> receipt_json(const PromisedReceipt& receipt) {
  return json::value{{"format", kReceiptFormat},
                     {"level", kLevel},
                     {"record", TRY(record_json(receipt.record))},
                     {"promise", promise_text(receipt.promise)}};
}

Result<std::string> write_receipt(const PromisedReceipt& receipt) {
  return json::serialize(TRY(receipt_json(receipt)));
}

Result<PromisedReceipt> read_promised_receipt(std::string_view document) {
  auto parsed = TRY(parse_json(document));
  JsonNode root(parsed);
  TRY(TRY(root.at("format")).must_be(kReceiptFormat));
  TRY(TRY(root.at("level")).must_be(kLevel));
  auto record = TRY(read_record(TRY(root.at("record"))));
  return PromisedReceipt{std::move(record), TRY(parse_promise(TRY(TRY(root.at("promise")).text())))};
}

bool is_promised_receipt(std::string_view document) {
  auto parsed = parse_json(document);
  if (!parsed) return false;
  auto level = JsonNode(*parsed).at("level");
  return level && level->must_be(kLevel);
}

Result<Promise> read_promise(std::string_view document) {
  if (!document.starts_with('{')) return parse_promise(document);
  return TRY(read_promised_receipt(document)).promise;
}

Verification verify_promised_receipt(std::string_view document, const tlog::NoteKey& log) {
  Walk walk{log, document};
  auto verification = take_steps<Walk>("receipt", kSteps, walk);
  if (verification.verified()) state_facts(walk, verification);
  return verification;
}

}  // namespace vitrine::evidence
