// A map whose readers never wait for a change.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace vitrine {

/// A change replaces the whole map, so it costs as much as the map is large; a snapshot stays as it was.
/// Usable from any thread.
template <class Value>
class SnapshotMap {
 public:
  using Map = std::map<std::string, Value, std::less<>>;

  [[nodiscard]] std::shared_ptr<const Map> snapshot() const {
    std::lock_guard lock(mutex_);
    return current_;
  }

  /// `change` alters the copy that it is given and says whether it did.
  template <class Change>
  void change(const Change& change) {
    std::lock_guard changing(changing_);
    auto next = std::make_shared<Map>(*snapshot());
    if (!change(*next)) return;
    std::shared_ptr<const Map> outgoing = std::move(next);
    std::lock_guard lock(mutex_);
    current_.swap(outgoing);
  }

 private:
  std::mutex changing_;
  /// Held to copy or swap the pointer. Not an atomic one: that of libstdc++ 12 has a lock inside as well, and
  /// lets go of it without ordering what it read.
  mutable std::mutex mutex_;
  std::shared_ptr<const Map> current_ = std::make_shared<const Map>();
};

}  // namespace vitrine
