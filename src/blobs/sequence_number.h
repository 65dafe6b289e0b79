// The number that a page blob's client keeps, and writes that depend on it.
// Source: Azure Storage REST, "Put Page" (x-ms-if-sequence-number-…), "Set Blob Properties".
#pragma once

#include <cstdint>
#include <optional>

#include "blobs/blob_head.h"

namespace vitrine::blobs {

/// All that are given must hold.
struct SequenceConditions {
  std::optional<std::uint64_t> at_most, below, equal;
};
/// Errors: SequenceNumberConditionNotMet.
Result<void> check(const Pages& pages, const SequenceConditions& conditions);

inline constexpr std::uint64_t kMostSequenceNumber = INT64_MAX;
enum class SequenceAction : std::uint8_t { Max, Update, Increment };
/// Increment takes no number. Errors: OutOfRangeInput for a number beyond kMostSequenceNumber,
/// SequenceNumberIncrementTooLarge for an increment beyond it.
Result<void> change_sequence_number(Pages& pages, SequenceAction action, std::uint64_t number);

}  // namespace vitrine::blobs
