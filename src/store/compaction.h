// What came of going over the extents.
#pragma once

#include <cstdint>

namespace vitrine::store {

/// What a pass over the closed extents did.
struct Compaction {
  std::uint64_t freed_bytes = 0;  ///< of leftovers of crashes, handed to the Reclaimer
  std::uint64_t moved = 0;        ///< segments
  std::uint64_t moved_bytes = 0;

  Compaction& operator+=(const Compaction& other) {
    freed_bytes += other.freed_bytes;
    moved += other.moved;
    moved_bytes += other.moved_bytes;
    return *this;
  }
};

}  // namespace vitrine::store
