// Where the command line takes evidence from: folders and servers.
#pragma once

#include <filesystem>
#include <string>

#include "evidence/journal_verifier.h"
#include "evidence/log_verifier.h"

namespace vitrine::app {

/// The files of a public log in a folder, or below a URL; over https the authorities are those in the PEM
/// file `ca`, or the system's. Errors: InvalidInput when it is neither, or a folder without a checkpoint;
/// those of reading are ResourceNotFound for a file that is not there, Corrupt for one that cannot be
/// evidence (no regular file, or larger than any of its kind), and others when it could not be asked for.
Result<evidence::ReadLogFile> open_log_files(const std::string& where, const std::string& ca);

/// The files of an exported journal. Errors: InvalidInput when there is none in the folder.
Result<evidence::ReadJournalFile> open_journal_files(const std::filesystem::path& folder);

}  // namespace vitrine::app
