// A bounded number of places, for what takes much memory.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "base/error.h"
#include "base/task.h"

namespace vitrine::analysis {

/// Whoever comes when all places are taken waits in line, however many wait. Usable from any thread.
class Admission {
  struct State;

 public:
  /// Given back on destruction; may outlive the Admission.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
    Place& operator=(Place&& other) noexcept {
      std::swap(state_, other.state_);
      return *this;
    }
    ~Place();

   private:
    friend class Admission;
    explicit Place(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
  };

  explicit Admission(std::size_t places);

  /// Completes on the io_context that awaits it. Asio cancellation ends the waiting. Errors: Cancelled, also
  /// after close().
  Task<Result<Place>> enter();
  /// Sends away those who wait and all who come.
  void close();
  [[nodiscard]] std::size_t waiting() const;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace vitrine::analysis
