// Verifies a receipt with nothing but the log's public key.
#pragma once

#include <string_view>

#include "evidence/verification.h"
#include "tlog/note.h"

namespace vitrine::evidence {

/// Of a sealed receipt; one that is promised only is for verify_promised_receipt(), which this calls. Walks
/// from what the log signed to what the receipt says: document, checkpoint, log, seal, slot, journal, the
/// four facets, readable part, time. Each check relies only on those before it, so the first that fails names
/// what was changed.
Verification verify_receipt(std::string_view document, const tlog::NoteKey& log);

}  // namespace vitrine::evidence
