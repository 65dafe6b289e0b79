// What the store keeps: keys in tables, and values that know which commit wrote them.
#pragma once

#include <cstdint>
#include <string>

namespace vitrine::store {

/// Tables are ordered by their keys' bytes. Bodies and Journal are not readable like the others: a body
/// needs a ReadAccess, a journal has its own calls, and so have the counters.
enum class Table : std::uint8_t {
  State,     ///< small facts that decisions rely on: accounts, containers, epochs
  Heads,     ///< the current state of each blob version: what a listing walks
  Bodies,    ///< inline bodies, apart from the heads so that scans do not drag them
  Rows,      ///< index entries behind a head: blocks, appended pieces, pages
  Journal,   ///< the accounts' records
  Counters,  ///< sums
};

struct Key {
  Table table = Table::State;
  std::string bytes;

  friend bool operator==(const Key&, const Key&) = default;
};

/// The commit that wrote a value, counted from 1. 0: there is no value.
using Version = std::uint64_t;

/// That a key still has the version that a decision relied on.
struct Guard {
  Key key;
  Version version = 0;
  /// Entry::read_at of the entry that gave the version; makes the check cheap. 0 is slower, never wrong.
  Version read_at = 0;
};

/// A value as one reader found it, or its absence.
struct Entry {
  std::string key;
  Version version = 0;
  /// Every commit up to this one was visible to the reader.
  Version read_at = 0;
  std::string value;

  [[nodiscard]] bool exists() const { return version != 0; }
  /// The guard that holds as long as what was found here does.
  [[nodiscard]] Guard guard(Table table) const { return {{table, key}, version, read_at}; }
};

}  // namespace vitrine::store
