#include "blobs/sequence_number.h"

#include <algorithm>

namespace vitrine::blobs {

Result<void> check(const Pages& pages, const SequenceConditions& conditions) {
  auto number = pages.sequence_number;
  bool met = (!conditions.at_most || number <= *conditions.at_most) &&
             (!conditions.below || number < *conditions.below) &&
             (!conditions.equal || number == *conditions.equal);
  if (met) return {};
  return fail(Code::SequenceNumberConditionNotMet,
              "The blob's sequence number is not what the request demands; look at it and try again.");
}

Result<void> change_sequence_number(Pages& pages, SequenceAction action, std::uint64_t number) {
  auto changed = number;
  if (action == SequenceAction::Max) changed = std::max(number, pages.sequence_number);
  if (action == SequenceAction::Increment) {
    if (pages.sequence_number >= kMostSequenceNumber)
      return fail(Code::SequenceNumberIncrementTooLarge, "The sequence number is 2^63 - 1 already.");
    changed = pages.sequence_number + 1;
  }
  if (changed > kMostSequenceNumber)
    return fail(Code::OutOfRangeInput, "A sequence number is at most 2^63 - 1.");
  pages.sequence_number = changed;
  return {};
}

}  // namespace vitrine::blobs
