#include "http/io_threads.h"

#include <exception>

#include "base/log.h"
#include "base/thread_name.h"

namespace vitrine::http {
namespace {

/// Whatever a completion handler throws must not take the thread with it.
void run(boost::asio::io_context& context) {
  for (;;) {
    try {
      context.run();
      return;
    } catch (const std::exception& failure) {
      log::error("An I/O thread caught an exception and goes on.", {{"reason", failure.what()}});
    }
  }
}

}  // namespace

IoThreads::IoThreads(unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    auto& context = *contexts_.emplace_back(std::make_unique<boost::asio::io_context>(1));
    guards_.emplace_back(context.get_executor());
  }
}

IoThreads::~IoThreads() {
  stop();
}

boost::asio::io_context& IoThreads::next() {
  return at(next_.fetch_add(1, std::memory_order_relaxed) % size());
}

void IoThreads::start() {
  for (auto& context : contexts_) {
    threads_.emplace_back([&context = *context] {
      name_thread("network");
      run(context);
    });
  }
}

void IoThreads::stop() {
  for (auto& context : contexts_) context->stop();
  threads_.clear();
}

}  // namespace vitrine::http
