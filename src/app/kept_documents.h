// Evidence that somebody keeps as files and names on the command line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "evidence/journal_verifier.h"

namespace vitrine::app {

// Errors of all: InvalidInput with the option's name when the file cannot be read, is empty, or holds what
// the server answered instead of a receipt.

/// What is to be verified: a receipt or a promise. Errors: those of read_file; InvalidInput.
Result<std::string> read_subject(const std::string& file);
/// Likewise, of the receipt or promise that an option names.
Result<std::string> read_kept(std::string_view option, const std::string& file);
/// All that an option names, called by their files.
Result<std::vector<evidence::KeptDocument>> read_all_kept(std::string_view option,
                                                          const std::vector<std::string>& files);
/// A promise as it was copied, without the name of the header in front of it.
std::string without_header_name(std::string text);

/// --since of a log: a checkpoint's file; or a sealed receipt, an exported journal's folder or its
/// journal.json, each of which holds one.
Result<std::string> read_earlier_checkpoint(const std::string& named);
/// --since of a journal: an earlier export's folder, or its journal.json.
Result<std::string> read_earlier_head(const std::string& named);

}  // namespace vitrine::app
