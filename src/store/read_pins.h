// Which reads are still under way, so that what they may look at is not taken away.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

namespace vitrine::store {

/// As long as it lives, whatever its holder could find when it was made stays readable: segments keep their
/// bytes, dead rows wait. Cheap to make and to copy; usable from any thread.
class ReadPin {
 public:
  ReadPin() = default;

 private:
  friend class ReadPins;
  struct Epoch {};
  explicit ReadPin(std::shared_ptr<const Epoch> epoch) : epoch_(std::move(epoch)) {}

  std::shared_ptr<const Epoch> epoch_;
};

/// Knows when all pins that were made before some moment are gone, without looking at each: pins share an
/// epoch, and such a moment ends one. All calls may come from any thread.
class ReadPins {
 public:
  [[nodiscard]] ReadPin pin() const;

  /// Now: a moment to ask about later.
  [[nodiscard]] std::uint64_t mark();
  /// Whether every pin made before the moment is gone.
  [[nodiscard]] bool gone(std::uint64_t mark);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const ReadPin::Epoch> current_ = std::make_shared<ReadPin::Epoch>();
  std::uint64_t number_ = 0;  ///< of the current epoch
  /// Epochs that were ended and may still have pins, oldest first.
  std::deque<std::pair<std::uint64_t, std::weak_ptr<const ReadPin::Epoch>>> ended_;
};

}  // namespace vitrine::store
