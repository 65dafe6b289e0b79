// How an operation reaches a decision that still holds when it is committed.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "operations/floors.h"

namespace vitrine::operations {

/// Another request changed what this one relied on: that many times the operation looks and decides again.
inline constexpr int kMostAttempts = 100;

/// Runs the attempt until it ends in anything but StateChanged. The attempt is a named callable of the
/// caller's frame. Errors: those of the attempt; ServerBusy when the state never held still.
template <class Attempt>
auto until_settled(Attempt& attempt) -> decltype(attempt()) {
  for (int left = kMostAttempts; left > 0; --left) {
    auto result = co_await attempt();
    if (result || result.error().code != Code::StateChanged) co_return result;
    auto executor = co_await boost::asio::this_coro::executor;
    co_await boost::asio::post(executor, boost::asio::use_awaitable_t<decltype(executor)>{});
  }
  co_return fail(Code::ServerBusy, "Too many requests change this at once; try again.");
}

/// Puts on record that the answer is `error`, which depends on state that was read. Returns what to answer:
/// the error itself, the denial if there was one, or why the record could not be made.
Task<Error> refuse(const Floors& floors, policy::Exchange& exchange, policy::Decision decision,
                   std::vector<store::Guard> guards, Error error);

}  // namespace vitrine::operations
