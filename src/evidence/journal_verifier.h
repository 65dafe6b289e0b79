// Verifies a whole exported journal from its files.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "evidence/log_verifier.h"
#include "evidence/verification.h"
#include "tlog/note.h"

namespace vitrine::evidence {

/// Reads a file of the folder: "journal.json", "tile/entries/000.p/7", … Errors: ResourceNotFound when there
/// is no such file; others end the verification.
using ReadJournalFile = std::function<Result<Bytes>(const std::string& path)>;

struct KeptDocument {
  std::string text;
  /// What messages call it, a file's name for instance; without it, its number among those given.
  std::string name{};
};

/// What somebody kept from earlier, which the journal must agree with.
struct KeptEvidence {
  std::optional<std::string> since;    ///< the head (journal.json) of an earlier export
  std::vector<KeptDocument> receipts;  ///< receipts of records in it
  std::vector<KeptDocument> promises;  ///< promises of records in it, as verify_promise() takes them
  /// The public log, which must be whole and tell of the same erasures as the journal.
  std::optional<ReadLogFile> public_log;
};

/// Reads every record and every tile once, in order, in memory independent of the journal's size: that a
/// signed seal commits to the head, tiles against records, the root, that each record is well-formed, one of
/// this journal and not later than its seal, and that what was kept from earlier is still how this journal
/// begins; with the public log, that two people signed each erasure that a record tells of, and that a record
/// tells of each that the log counts in the slot. Records whose facets are closed, and those that only a hash
/// stands for, are counted and stated, never passed off as read.
Verification verify_journal(const ReadJournalFile& read, const tlog::NoteKey& log,
                            const KeptEvidence& kept = {});

}  // namespace vitrine::evidence
