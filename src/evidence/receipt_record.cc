#include "evidence/receipt_record.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "evidence/readable.h"
#include "evidence/sealed_head.h"

namespace vitrine::evidence {
namespace {

namespace json = boost::json;

Result<json::object> facet_json(FacetKind kind, const Digest& commitment,
                                const std::optional<Facet>& opened) {
  json::object out{{"commitment", to_base64(commitment)}};
  if (!opened) return out;
  out["salt"] = to_base64(opened->salt.bytes);
  out["cbor"] = to_base64(opened->cbor);
  out["reads"] = TRY(readable_facet(kind, opened->cbor));
  return out;
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

}  // namespace

OpenedFacets opened(ShownRecord record) {
  OpenedFacets out;
  for (std::size_t i = 0; i < kFacets; ++i)
    if (auto* open = std::get_if<Facet>(&record.facets[i])) out[i] = std::move(*open);
  return out;
}

Digest ReceiptRecord::leaf() const {
  return tlog::leaf_hash(leaf_data(journal, commitments));
}

Result<json::object> record_json(const ReceiptRecord& record) {
  json::object facets;
  for (std::size_t i = 0; i < kFacets; ++i)
    facets[name(kFacetKinds[i])] = TRY(facet_json(kFacetKinds[i], record.commitments[i], record.opened[i]));
  return json::object{{"version", kRecordVersion},
                      {"journal", to_base64(record.journal.bytes)},
                      {"index", record.index},
                      {"facets", std::move(facets)}};
}

Result<ReceiptRecord> read_record(const JsonNode& node) {
  if (TRY(TRY(node.at("version")).number()) != kRecordVersion)
    return fail(Code::Corrupt, "/record/version is one that this program does not read; use a newer one.");
  ReceiptRecord out;
  out.journal.bytes = TRY(TRY(node.at("journal")).bytes32());
  out.index = TRY(TRY(node.at("index")).number());
  auto facets = TRY(node.at("facets"));
  for (std::size_t i = 0; i < kFacets; ++i) {
    auto facet = TRY(facets.at(name(kFacetKinds[i])));
    out.commitments[i] = TRY(TRY(facet.at("commitment")).bytes32());
    if (facet.has("salt"))
      out.opened[i] = Facet{{TRY(TRY(facet.at("salt")).bytes32())}, TRY(TRY(facet.at("cbor")).bytes())};
  }
  return out;
}

std::unexpected<Error> unread_receipt(const Error& why) {
  return fail(
      Code::Corrupt,
      fmt::format("This is not a receipt that this program reads. {} Take a fresh copy.", why.message));
}

Result<std::string> check_facet(FacetKind kind, const OpenedFacets& opened, const Commitments& commitments) {
  const auto position = static_cast<std::size_t>(kind);
  const auto& facet = opened[position];
  if (!facet)
    return fmt::format("Facet '{}' is closed in this receipt, erased or not shown; it is proved to exist.",
                       name(kind));
  if (commitment(kind, *facet) != commitments[position])
    return fail(Code::VerificationFailed,
                fmt::format("Facet '{}' does not match its commitment: {} in this receipt was changed.",
                            name(kind), what_was_changed(kind)));
  if (auto readable = readable_facet(kind, facet->cbor); !readable)
    return fail(Code::VerificationFailed,
                fmt::format("Facet '{}' is committed to, but it is not what a facet looks like. {}",
                            name(kind), readable.error().message));
  return fmt::format("Facet '{}' is what was committed to.", name(kind));
}

Result<std::string> check_time(const OpenedFacets& opened, std::chrono::sys_seconds contained,
                               std::string_view container) {
  const auto& outcome = opened[static_cast<std::size_t>(FacetKind::Outcome)];
  if (!outcome) return "The record's time is kept closed in this receipt.";
  auto claimed = TRY(decode_outcome(outcome->cbor)).time;
  if (claimed > contained + kClockTolerance)
    return fail(
        Code::VerificationFailed,
        fmt::format("The record claims {}, more than {} s after the {} that contains it ({}): one of the two "
                    "is false.",
                    to_iso8601(claimed), kClockTolerance.count(), container, readable_time(contained)));
  return fmt::format("The record's time, the operator's claim, is not later than its {}'s.", container);
}

Result<std::string> check_spelling(std::string_view document, const json::value& expected,
                                   std::string& place) {
  auto difference = TRY(first_difference(document, expected));
  if (!difference) return "The readable fields say what the sealed bytes say.";
  place = *difference;
  if (place.empty())
    return fail(
        Code::VerificationFailed,
        "The document has fields twice, in another order or in another spelling than receipts are written. A "
        "tool that reads JSON and writes it again does that, though it changes nothing else: take the file "
        "as "
        "it was fetched.");
  return fail(Code::VerificationFailed,
              fmt::format("'{}' does not say what the sealed bytes say: it was changed or added.", place));
}

void state_facets(const OpenedFacets& opened, Verification& verification) {
  for (std::size_t i = 0; i < kFacets; ++i) {
    if (!opened[i]) continue;
    const auto readable = readable_facet(kFacetKinds[i], opened[i]->cbor).value();
    for (const auto& field : readable) {
      auto value = field.value().is_string() ? std::string(field.value().get_string())
                                             : json::serialize(field.value());
      verification.state(fmt::format("{}.{}", name(kFacetKinds[i]), std::string_view(field.key())),
                         std::move(value));
    }
  }
}

}  // namespace vitrine::evidence
