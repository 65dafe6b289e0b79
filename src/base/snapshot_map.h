// A map whose readers never wait.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace vitrine {

/// A change replaces the whole map, so it costs as much as the map is large; a snapshot stays as it was.
/// Usable from any thread.
template <class Value>
class SnapshotMap {
 public:
  using Map = std::map<std::string, Value, std::less<>>;

  [[nodiscard]] std::shared_ptr<const Map> snapshot() const { return current_.load(); }

  /// `change` alters the copy that it is given and says whether it did. It is called again when another
  /// change came first.
  template <class Change>
  void change(const Change& change) {
    auto before = current_.load();
    std::shared_ptr<const Map> after;
    do {
      auto next = std::make_shared<Map>(*before);
      if (!change(*next)) return;
      after = std::move(next);
    } while (!current_.compare_exchange_weak(before, after));
  }

 private:
  std::atomic<std::shared_ptr<const Map>> current_ = std::make_shared<const Map>();
};

}  // namespace vitrine
