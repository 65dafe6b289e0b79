// A journal as an export has it, for tests.
#pragma once

#include "evidence/journal_export.h"
#include "evidence/journal_verifier.h"
#include "ledger/sealer.h"
#include "operations/test_world.h"

namespace vitrine::operations {

/// Starts the sealer, takes the journal of the world's account at a seal that covers its last record, stops
/// it, and verifies.
inline evidence::Verification verify_export(TestWorld& world, ledger::Sealer& sealer,
                                            const tlog::NoteKey& log) {
  const auto slot = world.account().slot;
  sealer.start();
  const auto head = world.run(sealer.journal_head({slot, world.store->journal_size(slot) - 1})).value();
  sealer.stop();
  return evidence::verify_journal(
      [&](const std::string& path) -> Result<Bytes> {
        if (path == evidence::kJournalHeadFile)
          return to_bytes(as_bytes(TRY(evidence::write_journal_head(head))));
        return std::visit([&](const auto& id) { return world.ledger->journals().read(slot, id); },
                          TRY(tlog::parse_tile_path(path)));
      },
      log);
}

}  // namespace vitrine::operations
