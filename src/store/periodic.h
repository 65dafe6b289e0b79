// A thread that does its work now and then.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace vitrine::store {

/// Begins after the first pause. Destruction waits for work under way, which may ask whether it should end.
class Periodic {
 public:
  Periodic(const char* name, std::chrono::milliseconds pause, std::move_only_function<void()> work);
  ~Periodic();
  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

  /// Whether it is being destroyed.
  [[nodiscard]] bool stops();

 private:
  void run(const char* name, std::chrono::milliseconds pause);

  std::move_only_function<void()> work_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace vitrine::store
