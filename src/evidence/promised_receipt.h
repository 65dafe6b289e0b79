// The receipt of a record that no seal has yet: with a promise that one will. (docs/formats/receipt.md)
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

#include "evidence/promise.h"
#include "evidence/receipt_record.h"

namespace vitrine::evidence {

struct PromisedReceipt {
  ReceiptRecord record;
  Promise promise;
};

/// The document, without whitespace. Errors: Corrupt when an opened facet does not decode.
Result<std::string> write_receipt(const PromisedReceipt& receipt);
/// What write_receipt() makes of it, as a value. Errors: as there.
Result<boost::json::value> receipt_json(const PromisedReceipt& receipt);
/// Reads shape and bytes. At most 1 MiB. Errors: Corrupt, with the place.
Result<PromisedReceipt> read_promised_receipt(std::string_view document);

/// Whether the document calls itself a receipt of that level.
bool is_promised_receipt(std::string_view document);
/// The promise in a document: in a receipt of that level, or by itself, as an answer's header. Errors:
/// Corrupt.
Result<Promise> read_promise(std::string_view document);

/// Goes from the promise that the log's key signed to what the receipt says, as verify_receipt() does.
Verification verify_promised_receipt(std::string_view document, const tlog::NoteKey& log);

}  // namespace vitrine::evidence
