// The coroutine type of every asynchronous function.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace vitrine {

/// A lazily started coroutine that stays on the io_context (one thread) it was spawned on.
/// Always awaited as the whole right-hand side of a statement or inside CO_TRY; see coroutine_test.cc
/// for the idioms in use.
template <class T>
using Task = boost::asio::awaitable<T, boost::asio::io_context::executor_type>;

}  // namespace vitrine
