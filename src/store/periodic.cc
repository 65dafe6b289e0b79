#include "store/periodic.h"

#include <utility>

#include "base/thread_name.h"

namespace vitrine::store {

Periodic::Periodic(const char* name, std::chrono::milliseconds pause, Work work)
    : work_(std::move(work)),
      thread_([this, name, pause](const std::stop_token& stop) { run(name, pause, stop); }) {}

Periodic::~Periodic() = default;

void Periodic::run(const char* name, std::chrono::milliseconds pause, const std::stop_token& stop) {
  name_thread(name);
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait_for(lock, stop, pause, [] { return false; });
    if (stop.stop_requested()) return;
    lock.unlock();
    work_(stop);
    lock.lock();
  }
}

}  // namespace vitrine::store
