// The cage: what a worker gives up before it touches anything from outside.
#pragma once

#include <cstdint>

#include "base/error.h"

namespace vitrine::worker {

struct CageLimits {
  /// Heap and other private memory; 0 for no limit, as there is none under sanitizers.
  std::uint64_t memory_bytes = 0;
  /// Largest file that may be written (a covered picture).
  std::uint64_t file_bytes = 256u << 20;
};

/// Gives up, for this process and for good: new privileges, opening files (Landlock where the kernel
/// has it), every open descriptor above `kept_descriptor`, core dumps, and every system call except
/// those for memory, for reading and writing descriptors it has, and for ending (seccomp). Whoever uses
/// another system call is killed at once with SIGSYS. Refuses when another
/// thread runs.
/// Errors: Unavailable (the kernel refuses a part; the process must not go on).
Result<void> lock_cage(int kept_descriptor, const CageLimits& limits);

}  // namespace vitrine::worker
