// How the benchmarks of the store make load.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>
#include <vector>

namespace vitrine::store {

/// Runs the coroutines `start(0)`, `start(1)` … to their ends, on two threads as a server of two cores does.
template <class Start>
void run_coroutines(unsigned coroutines, const Start& start) {
  constexpr unsigned kThreads = 2;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < kThreads; ++t)
    threads.emplace_back([&start, coroutines, t] {
      boost::asio::io_context io(1);
      for (auto c = t; c < coroutines; c += kThreads)
        boost::asio::co_spawn(io, start(c), boost::asio::detached);
      io.run();
    });
  for (auto& thread : threads) thread.join();
}

}  // namespace vitrine::store
