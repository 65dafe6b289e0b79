// An exported journal: a folder with the journal's head, its records and the hashes over them.
// (docs/formats/journal.md)
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

#include "evidence/record.h"
#include "evidence/sealed_head.h"

namespace vitrine::evidence {

/// The head's file; beside it lie the entry bundles and tiles of C2SP tlog-tiles, whose entries are
/// encode_shown() of the records.
inline constexpr const char* kJournalHeadFile = "journal.json";

/// The folder beside it where an export that is brought up to date keeps the heads before, as "SIZE.json".
inline constexpr const char* kEarlierHeads = "earlier";

/// JSON without whitespace. Errors: Corrupt when the seal's entry is none.
Result<std::string> write_journal_head(const SealedHead& sealed);
/// What write_journal_head() makes of it, as a value. Errors: as there.
Result<boost::json::value> journal_head_json(const SealedHead& sealed);
/// Reads the shape; what it proves is for verify_journal(). At most 1 MiB. Errors: Corrupt, with the place.
Result<SealedHead> read_journal_head(std::string_view document);

/// The leaf that stands for an entry of a bundle. Errors: Corrupt when it is no record; VerificationFailed
/// when it is one of another journal.
Result<Digest> leaf_of_entry(ConstBytes entry, const JournalId& journal);

}  // namespace vitrine::evidence
