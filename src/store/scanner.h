// Walks a table in key order.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "store/entry.h"

namespace vitrine::store {

class Cursor;

/// An entry under a scanner; the views hold until the scanner moves.
struct EntryView {
  std::string_view key;
  Version version = 0;
  std::string_view value;
};

/// Whether a table's entries may be looked at by key. Errors: InvalidInput, for all but State, Heads and
/// Rows.
Result<void> check_readable(Table table);

/// Sees the table as it was when the scanner was made, however long it lives; it blocks no writer. A long
/// life holds memory: make a new one for each page of a listing.
class Scanner {
 public:
  Scanner(std::unique_ptr<Cursor> cursor, Version read_at);
  ~Scanner();
  Scanner(Scanner&&) noexcept;

  /// The next entry; nullopt at the end of the range. Errors: DeviceFailed, Corrupt; Unavailable when the
  /// store recovered meanwhile.
  [[nodiscard]] Result<std::optional<EntryView>> next();
  /// The next entry will be the first with a key not below `target`. Skipping a prefix costs one seek.
  void seek(std::string_view target);
  /// To be called before whoever keeps it waits for anything; until next() or seek() its views are void, and
  /// a recovery of the store need not wait for it.
  void rest();
  /// Entry::read_at of everything that this scanner finds.
  [[nodiscard]] Version read_at() const { return read_at_; }

 private:
  std::unique_ptr<Cursor> cursor_;
  Version read_at_;
  /// Whether the cursor already stands at the entry to come.
  bool moved_ = true;
};

}  // namespace vitrine::store
