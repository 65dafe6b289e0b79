#include "store/periodic.h"

#include <utility>

#include "base/thread_name.h"

namespace vitrine::store {

Periodic::Periodic(const char* name, std::chrono::milliseconds pause, std::move_only_function<void()> work)
    : work_(std::move(work)), thread_([this, name, pause] { run(name, pause); }) {}

Periodic::~Periodic() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_one();
  thread_.join();
}

bool Periodic::stops() {
  std::lock_guard lock(mutex_);
  return stopping_;
}

void Periodic::run(const char* name, std::chrono::milliseconds pause) {
  name_thread(name);
  std::unique_lock lock(mutex_);
  while (!stop_.wait_for(lock, pause, [this] { return stopping_; })) {
    lock.unlock();
    work_();
    lock.lock();
  }
}

}  // namespace vitrine::store
