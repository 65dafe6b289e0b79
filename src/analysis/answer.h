// An answer that another thread gives to the coroutine that awaits it.
#pragma once

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/task.h"

namespace vitrine::analysis {

/// Takes the answer to the thread on which the handler belongs, whose io_context stays alive until then.
template <class Answer, class Handler, class Slot>
auto finisher(Handler handler, Slot slot) {
  auto executor = boost::asio::get_associated_executor(handler);
  return [handler = std::move(handler), slot,
          work = boost::asio::make_work_guard(executor)](Answer answer) mutable {
    auto executor = work.get_executor();
    boost::asio::post(executor, [handler = std::move(handler), slot, work = std::move(work),
                                 answer = std::move(answer)]() mutable {
      if (slot.is_connected()) slot.clear();
      std::move(handler)(std::move(answer));
    });
  };
}

/// Calls `begin` with a function that takes the answer, once, from any thread. Asio cancellation calls
/// `cancel`, which sees to it that the answer comes soon.
template <class Answer, class Begin, class Cancel>
Task<Answer> answer_to(Begin begin, Cancel cancel) {
  using UseTask = boost::asio::use_awaitable_t<boost::asio::io_context::executor_type>;
  auto initiate = [begin = std::move(begin), cancel = std::move(cancel)](auto handler) mutable {
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected())
      slot.assign([cancel = std::move(cancel)](boost::asio::cancellation_type) mutable { cancel(); });
    begin(finisher<Answer>(std::move(handler), slot));
  };
  UseTask use_task;
  co_return co_await boost::asio::async_initiate<UseTask, void(Answer)>(std::move(initiate), use_task);
}

}  // namespace vitrine::analysis
