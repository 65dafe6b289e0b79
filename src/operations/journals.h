// Use cases on an account's journal: taking out what was recorded, which goes on record itself.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

#include "evidence/sealed_head.h"
#include "ledger/sealer.h"
#include "operations/floors.h"
#include "tlog/tiles.h"

namespace vitrine::operations {

/// Names the export that a file of a journal is read for.
inline constexpr std::string_view kExportHeader = "x-ms-vitrine-export";
/// So long the record of an export covers what is read for it.
inline constexpr std::chrono::hours kExportLasts{1};

struct ExportBegun {
  evidence::SealedHead head;
  std::string token;  ///< lets whoever began it read what the head covers
};
/// Begins an export: one record of it, and the journal's head at a seal that covers this record, so that of a
/// journal that nobody else uses the export is whole. The exchange names the journal. Errors: ReceiptNotReady
/// when no seal comes in a while; Corrupt.
Task<Result<ExportBegun>> export_journal(const Floors& floors, ledger::Sealer& sealer,
                                         policy::Exchange& exchange, const identity::AccountName& account);

using JournalFileId = std::variant<tlog::TileId, tlog::BundleId>;

/// A tile of the journal's tree or a bundle of its records, of any width that the journal has. `under` is the
/// token of an export that the same principal began lately: its record stands for what is read for it. Where
/// it is empty, each reading is on record by itself. Errors: InvalidHeaderValue when `under` is no such token
/// or the file goes beyond that export's head; ResourceNotFound when the journal is not that long; Corrupt.
Task<Result<Bytes>> read_journal(const Floors& floors, policy::Exchange& exchange,
                                 const identity::AccountName& account, const JournalFileId& file,
                                 std::string_view under);

}  // namespace vitrine::operations
