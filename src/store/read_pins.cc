#include "store/read_pins.h"

namespace vitrine::store {

ReadPin ReadPins::pin() const {
  std::lock_guard lock(mutex_);
  return ReadPin(current_);
}

std::uint64_t ReadPins::mark() {
  std::lock_guard lock(mutex_);
  ended_.emplace_back(number_, current_);
  current_ = std::make_shared<ReadPin::Epoch>();
  return number_++;
}

bool ReadPins::gone(std::uint64_t mark) {
  std::lock_guard lock(mutex_);
  while (!ended_.empty() && ended_.front().second.expired()) ended_.pop_front();
  return ended_.empty() || ended_.front().first > mark;
}

}  // namespace vitrine::store
