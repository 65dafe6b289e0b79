// A thread that does its work now and then.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace vitrine::store {

/// Begins after the first pause. Destruction asks work under way to stop, and waits for it.
class Periodic {
 public:
  using Work = std::move_only_function<void(const std::stop_token&)>;

  Periodic(const char* name, std::chrono::milliseconds pause, Work work);
  ~Periodic();
  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

 private:
  void run(const char* name, std::chrono::milliseconds pause, const std::stop_token& stop);

  Work work_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace vitrine::store
