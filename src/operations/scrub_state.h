// What scrub knows of its passes, kept in a file (docs/formats/scrub.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "base/time.h"
#include "operations/check_content.h"
#include "store/check.h"

namespace vitrine::operations {

/// One walk over everything that is stored.
struct ScrubPass {
  std::uint64_t number = 0;  ///< counts from 1
  Timestamp started{};
  std::optional<Timestamp> ended{};  ///< none: it is under way
  store::CheckPlace place{};         ///< up to where it came
  store::CheckReport report{};
  ContentCounts content{};

  friend bool operator==(const ScrubPass&, const ScrubPass&) = default;
};

/// The pass under way, or the last one, and the one before it.
struct ScrubState {
  std::optional<ScrubPass> current{};
  std::optional<ScrubPass> previous{};

  friend bool operator==(const ScrubState&, const ScrubState&) = default;
};

Bytes encode_scrub_state(const ScrubState& state);
/// Errors: Corrupt.
Result<ScrubState> decode_scrub_state(ConstBytes stored);

}  // namespace vitrine::operations
