// How an operation reaches a decision that still holds when it is committed.
#pragma once

#include "operations/floors.h"
#include "operations/view.h"

namespace vitrine::operations {

/// Lets the thread's other work go first.
Task<void> yield();

/// Another request changed what this one relied on: that many times the operation looks and decides again.
inline constexpr int kMostAttempts = 100;

/// Runs the attempt until it ends in anything but StateChanged. The attempt is a named callable of the
/// caller's frame. Errors: those of the attempt; ServerBusy when the state never held still.
template <class Attempt>
auto until_settled(Attempt& attempt) -> decltype(attempt()) {
  for (int left = kMostAttempts; left > 0; --left) {
    auto result = co_await attempt();
    if (result || result.error().code != Code::StateChanged) co_return result;
    co_await yield();
  }
  co_return fail(Code::ServerBusy, "Too many requests change this at once; try again.");
}

/// So often an operation tries beside all others before it lines up.
inline constexpr int kFreeAttempts = 3;

/// The same for an operation on a blob or container that others may change all the time: refused a few times,
/// it waits for its turn. So it ends, whatever the others do.
template <class Ref, class Attempt>
auto until_settled(Turns& turns, const Ref& ref, Attempt& attempt) -> decltype(attempt()) {
  for (int left = kFreeAttempts; left > 0; --left) {
    auto result = co_await attempt();
    if (result || result.error().code != Code::StateChanged) co_return result;
    co_await yield();
  }
  const auto turn = co_await turns.take(turn_name(ref));
  co_return co_await until_settled(attempt);
}

/// Puts on record that the answer is `error`, which depends on state that was read. Returns what to answer:
/// the error itself, the denial if there was one, or why the record could not be made.
Task<Error> refuse(const Floors& floors, policy::Exchange& exchange, policy::Decision decision,
                   std::vector<store::Guard> guards, Error error,
                   std::vector<store::Untouched> untouched = {});

}  // namespace vitrine::operations
