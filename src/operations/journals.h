// Use cases on an account's journal: reading what was recorded, which goes on record itself.
#pragma once

#include <variant>

#include "evidence/sealed_head.h"
#include "ledger/sealer.h"
#include "operations/floors.h"
#include "tlog/tiles.h"

namespace vitrine::operations {

/// The journal's head as the last seal commits to it; the exchange names the journal. Errors:
/// ReceiptNotReady before the account's first seal; Corrupt.
Task<Result<evidence::SealedHead>> show_journal(const Floors& floors, ledger::Sealer& sealer,
                                                policy::Exchange& exchange,
                                                const identity::AccountName& account);

using JournalFileId = std::variant<tlog::TileId, tlog::BundleId>;

/// A tile of the journal's tree or a bundle of its records, of any width that the journal has. Errors:
/// ResourceNotFound when it is not that long; Corrupt.
Task<Result<Bytes>> read_journal(const Floors& floors, policy::Exchange& exchange,
                                 const identity::AccountName& account, const JournalFileId& file);

}  // namespace vitrine::operations
