// The receipt: one record with everything that is needed to verify it offline. (docs/formats/receipt.md)
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "evidence/record.h"
#include "tlog/merkle.h"

namespace vitrine::evidence {

/// From record to signed checkpoint. write_receipt() puts it into the document that its holder keeps.
struct Receipt {
  JournalId journal;
  /// The record's position in its journal.
  std::uint64_t index = 0;
  Commitments commitments{};
  /// By FacetKind; those that the holder may see.
  std::array<std::optional<Facet>, kFacets> opened;

  /// The journal at the seal, and the record's path in it.
  std::uint64_t journal_size = 0;
  Digest journal_root{};
  tlog::Proof journal_path;

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
};

/// The document, without whitespace: JSON with each opened facet as sealed bytes and, derived from them, as
/// readable fields. Errors: Corrupt when an opened facet does not decode.
Result<std::string> write_receipt(const Receipt& receipt);

/// Reads the shape and the sealed bytes; what they prove, and that the readable fields agree with them, is
/// for verify_receipt(). At most 1 MiB. Errors: Corrupt, with the place.
Result<Receipt> read_receipt(std::string_view document);

/// Where the document differs from what write_receipt() makes of `receipt`: a JSON pointer (RFC 6901), or
/// nothing when it does not. Whitespace between tokens is no difference. Errors: Corrupt when it is no JSON
/// or a facet does not decode.
Result<std::optional<std::string>> first_difference(std::string_view document, const Receipt& receipt);

}  // namespace vitrine::evidence
