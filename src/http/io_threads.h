// The threads that do all network input and output.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <thread>
#include <vector>

namespace vitrine::http {

/// One io_context and one thread each; what is spawned on one stays there. Whoever spawns must end its work
/// before stop(): what is still suspended then is destroyed with the contexts.
class IoThreads {
 public:
  /// Precondition: count > 0.
  explicit IoThreads(unsigned count);
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  [[nodiscard]] unsigned size() const { return static_cast<unsigned>(contexts_.size()); }
  /// Precondition: index < size().
  [[nodiscard]] boost::asio::io_context& at(unsigned index) { return *contexts_[index]; }
  /// Round robin. Any thread may ask.
  [[nodiscard]] boost::asio::io_context& next();

  /// Once.
  void start();
  /// Returns when every thread has ended. Not to be called from one of them. Idempotent.
  void stop();

 private:
  using WorkGuard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;

  std::vector<std::unique_ptr<boost::asio::io_context>> contexts_;
  std::vector<WorkGuard> guards_;
  std::vector<std::jthread> threads_;
  std::atomic<unsigned> next_ = 0;
};

}  // namespace vitrine::http
