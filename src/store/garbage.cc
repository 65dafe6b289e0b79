#include "store/garbage.h"

namespace vitrine::store {

void Garbage::add(std::span<const Room> rooms) {
  std::lock_guard lock(mutex_);
  contents_.rooms.insert(contents_.rooms.end(), rooms.begin(), rooms.end());
}

void Garbage::add_extent(std::uint64_t number) {
  std::lock_guard lock(mutex_);
  contents_.extents.push_back(number);
}

Garbage::Contents Garbage::take() {
  std::lock_guard lock(mutex_);
  return std::exchange(contents_, {});
}

UnadoptedRoom::~UnadoptedRoom() {
  if (adopted_) return;
  // A store that is gone finds the room when it is opened again.
  if (auto garbage = garbage_.lock()) garbage->add({&room_, 1});
}

}  // namespace vitrine::store
