#include "operations/settle.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vitrine::operations {

Task<void> yield() {
  auto executor = co_await boost::asio::this_coro::executor;
  co_await boost::asio::post(executor, boost::asio::use_awaitable_t<decltype(executor)>{});
}

Task<Error> refuse(const Floors& floors, policy::Exchange& exchange, policy::Decision decision,
                   std::vector<store::Guard> guards, Error error, std::vector<store::Untouched> untouched) {
  auto committed =
      co_await floors.ledger.commit(exchange, std::move(decision), ledger::Outcome::refusal(error),
                                    {.guards = std::move(guards), .untouched = std::move(untouched)});
  if (!committed) co_return std::move(committed).error();
  co_return error;
}

}  // namespace vitrine::operations
