// A verification as a table of steps.
#pragma once

#include <span>

#include "evidence/verification.h"

namespace vitrine::evidence {

/// One named check. It says what it established, or fails with what is wrong; `Walk` carries what earlier
/// steps established, and in its member `place` where the check at hand is looking.
template <class Walk>
struct Step {
  const char* name;
  const char* place;
  Result<std::string> (*check)(Walk&);
};

/// Takes the steps in order up to the first that fails.
template <class Walk>
Verification take_steps(std::string subject, std::span<const Step<Walk>> steps, Walk& walk) {
  std::vector<std::string> names;
  for (const auto& step : steps) names.emplace_back(step.name);
  Verification verification(std::move(subject), std::move(names));
  for (const auto& step : steps) {
    walk.place = step.place;
    auto established = step.check(walk);
    if (!established) {
      verification.fail(established.error().message, walk.place);
      break;
    }
    verification.pass(std::move(*established));
  }
  return verification;
}

}  // namespace vitrine::evidence
