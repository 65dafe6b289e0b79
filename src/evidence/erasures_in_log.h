// What a journal says of erasures, held against what the public log says of its slot.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "evidence/log_verifier.h"
#include "evidence/stated_gaps.h"

namespace vitrine::evidence {

/// Where the journal stands in the log: the seal of which its head is.
struct JournalPlaceInLog {
  std::uint64_t slot = 0;
  std::uint64_t seal_index = 0;  ///< of its entry
  Seal seal;
};

/// Each erasure that a record tells of must be in the log, where two people signed it, and each that the log
/// counts must be told of by a record. The two are matched by the order's digest; one order that was carried
/// out twice is one. A record under a seal has its entry before that seal; an entry before the seal in front
/// of it has its record. An earlier journal of the slot, which a loss ended, is left out.
class ErasuresInLog {
 public:
  explicit ErasuresInLog(JournalPlaceInLog place) : place_(place) {}

  /// Verifies the whole log, and takes the erasures out of it. Errors: VerificationFailed, when the journal's
  /// seal is not in it, too; `where` then is the place in the log.
  Result<std::string> read(const ReadLogFile& read, const tlog::NoteKey& log, std::string& where);

  /// Once it was read. Records that were dropped may have told of erasures. Errors: VerificationFailed.
  Result<std::string> compare(const std::vector<StatedErasure>& stated, std::uint64_t dropped);

  /// What was found. Precondition: compare() passed.
  void state(Verification& verification) const;

 private:
  struct Published {
    std::uint64_t entry = 0;  // its index
    Erasure erasure;
    std::optional<std::uint64_t> record;
  };

  void follow(std::uint64_t index, const PublicEntry& entry);
  Result<void> find(const StatedErasure& stated);
  Result<void> count_without_record(std::uint64_t dropped);

  JournalPlaceInLog place_;
  std::map<Digest, Published> published_;  // by the order's digest
  bool too_many_ = false;
  bool has_seal_ = false;
  std::uint64_t entries_ = 0;
  std::uint64_t behind_seal_before_ = 0;  // what comes from there on may have a record that is not sealed yet
  std::uint64_t not_yet_ = 0, of_dropped_ = 0;
};

}  // namespace vitrine::evidence
