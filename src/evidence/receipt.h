// The receipt of a sealed record: with everything that is needed to verify it offline.
// (docs/formats/receipt.md)
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "evidence/receipt_record.h"
#include "evidence/sealed_head.h"

namespace vitrine::evidence {

/// From record to signed checkpoint. write_receipt() puts it into the document that its holder keeps.
struct Receipt {
  /// The record's position in its journal.
  std::uint64_t index = 0;
  Commitments commitments{};
  OpenedFacets opened;
  /// The record's path in the journal at the seal.
  tlog::Proof journal_path;
  SealedHead sealed;
};

/// The document, without whitespace: JSON with each opened facet as sealed bytes and, derived from them, as
/// readable fields. Errors: Corrupt when an opened facet does not decode.
Result<std::string> write_receipt(const Receipt& receipt);

/// Reads the shape and the sealed bytes; what they prove, and that the readable fields agree with them, is
/// for verify_receipt(). At most 1 MiB. Errors: Corrupt, with the place.
Result<Receipt> read_receipt(std::string_view document);

/// What write_receipt() makes of it, as a value. Errors: as there.
Result<boost::json::value> receipt_json(const Receipt& receipt);

}  // namespace vitrine::evidence
