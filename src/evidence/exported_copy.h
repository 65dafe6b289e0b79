// Whether the folder of an exported journal is still what it was when it was written.
// (docs/formats/journal.md)
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "evidence/sealed_head.h"

namespace vitrine::evidence {

// Both hold the folder against its own head, as far as that goes without the log's key. They fail with
// VerificationFailed, "Your copy was changed since it was exported: FILE"; and with DeviceFailed.

/// That journal.json, whose text is `document`, is spelled as exports are and its own proofs lead from the
/// journal to the log's checkpoint. Reads no other file.
Result<void> check_exported_head(std::string_view document, const SealedHead& head);
/// The same of journal.json in the folder, and of every record and tile. Errors: also Corrupt when it is no
/// journal's head.
Result<void> check_exported_copy(const std::filesystem::path& folder);

/// The failure of either: what was changed, a file and perhaps a place in it.
std::unexpected<Error> copy_was_changed(std::string_view what);

}  // namespace vitrine::evidence
