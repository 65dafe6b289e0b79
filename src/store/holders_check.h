// Whether bodies are counted as often as rows hold them: a counter that is too low takes a body away that is
// still needed.
#pragma once

#include <string_view>
#include <vector>

#include "store/check.h"
#include "store/commit.h"
#include "store/scanner.h"

namespace vitrine::store {

class Database;

/// Knows which rows hold which bodies, and whose rows cannot be opened.
class HolderRows {
 public:
  virtual ~HolderRows() = default;
  /// Every row of State, before all others.
  virtual void take_fact(const EntryView& row) = 0;
  /// Adds the bodies that the row holds, one as often as it holds it. What it cannot read it remembers.
  virtual void add_bodies(Table table, const EntryView& row, std::vector<BodyRef>& held) = 0;
  /// Whether all rows that may hold the body were read. The owner is that of a segment.
  [[nodiscard]] virtual bool all_read(const BodyRef& body, const keys::Owner* owner) const = 0;
};

/// Adds to the report the bodies whose holders are not as many as are counted, all as of one moment, whatever
/// is committed meanwhile. Reads every row of State, Heads and Rows once to compare sums, and once more only
/// when those differ, to find which bodies it is; of the bodies themselves it keeps sums only. A body that is
/// not there at all is for others to tell, and where not all holders could be read, too few say nothing.
/// While it reads, it holds what it reads still: the guide is asked at `place` whether to go on, and told of
/// the bytes behind it. Returns whether everything was looked at.
bool check_holders(const Database& database, HolderRows& holders, const CheckPlace& place,
                   const CheckPlace& behind, CheckGuide& guide, CheckReport& report);

}  // namespace vitrine::store
