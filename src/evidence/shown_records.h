// The records of an exported journal, one after another, as they read. Nothing here verifies them.
#pragma once

#include <boost/json/fwd.hpp>
#include <functional>
#include <string>

#include "evidence/journal_verifier.h"
#include "evidence/record.h"
#include "evidence/record_ranges.h"

namespace vitrine::evidence {

/// What becomes of the records of a range.
struct RecordVisitor {
  std::function<void(std::uint64_t index, const ShownRecord& record)> record;
  /// Of these the journal has the hashes only: they were kept long enough, and dropped.
  std::function<void(const RecordRange& range)> dropped;
};

/// Goes through the records of the range in order, reading a bundle of 256 at a time. Precondition: the
/// journal has `size` of them, and the range lies within. Errors: Corrupt, with the file and record, for what
/// is no record; ResourceNotFound when neither records nor their hashes are there; those of `read`.
Result<void> visit_records(const ReadJournalFile& read, std::uint64_t size, const RecordRange& range,
                           const RecordVisitor& visit);

/// {"index", "who", "what", "why", "outcome"}: each facet by the names of its fields, as in a receipt's
/// `reads` (docs/formats/receipt.md), and null where it is closed. Precondition: as decode_shown() gave it.
boost::json::object record_fields(std::uint64_t index, const ShownRecord& record);
/// Two lines for people: index, time, decision, status, action and place; who and why. No control characters.
std::string record_in_words(std::uint64_t index, const ShownRecord& record);

}  // namespace vitrine::evidence
