// The record in a receipt, whatever level that has: its part of the document, and the checks of it.
#pragma once

#include <array>
#include <boost/json/fwd.hpp>
#include <optional>
#include <string>

#include "evidence/json_node.h"
#include "evidence/record.h"
#include "evidence/verification.h"

namespace vitrine::evidence {

/// What every receipt's document calls itself.
inline constexpr std::string_view kReceiptFormat = "vitrine-receipt-v1";

/// By FacetKind; those that the holder may see.
using OpenedFacets = std::array<std::optional<Facet>, kFacets>;
/// Those of a record that are open.
OpenedFacets opened(ShownRecord record);

struct ReceiptRecord {
  JournalId journal;
  std::uint64_t index = 0;
  Commitments commitments{};
  OpenedFacets opened;

  /// Of the journal's tree.
  [[nodiscard]] Digest leaf() const;
};

/// The member "record". Errors: Corrupt when an opened facet does not decode.
Result<boost::json::object> record_json(const ReceiptRecord& record);
/// Reads that member's value. Errors: Corrupt, with the place.
Result<ReceiptRecord> read_record(const JsonNode& node);
/// What a document is answered with that was not read. Corrupt.
std::unexpected<Error> unread_receipt(const Error& why);

// The checks say what they established. Errors: VerificationFailed.

/// That an opened facet is what was committed to.
Result<std::string> check_facet(FacetKind kind, const OpenedFacets& opened, const Commitments& commitments);
/// That the record does not claim to be later than what contains it, a seal or a promise, as `container`
/// calls it.
Result<std::string> check_time(const OpenedFacets& opened, std::chrono::sys_seconds contained,
                               std::string_view container);
/// That the document is spelled as it is written. Sets `place` when it is not.
Result<std::string> check_spelling(std::string_view document, const boost::json::value& expected,
                                   std::string& place);

/// What the opened facets of a verified receipt say. Precondition: they decode.
void state_facets(const OpenedFacets& opened, Verification& verification);

}  // namespace vitrine::evidence
