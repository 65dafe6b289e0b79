#include "store/garbage.h"

namespace vitrine::store {

void Garbage::add(std::span<const Room> rooms) {
  std::lock_guard lock(mutex_);
  rooms_.insert(rooms_.end(), rooms.begin(), rooms.end());
}

std::vector<Room> Garbage::take() {
  std::lock_guard lock(mutex_);
  return std::exchange(rooms_, {});
}

UnadoptedRoom::~UnadoptedRoom() {
  if (adopted_) return;
  // A store that is gone finds the room when it is opened again.
  if (auto garbage = garbage_.lock()) garbage->add({&room_, 1});
}

}  // namespace vitrine::store
