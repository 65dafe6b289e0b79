// Lets operations on one hot name go one after the other, so that each gets its turn.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/task.h"

namespace vitrine::operations {

/// Operations decide on what they saw and are refused when it changed: with many writers of one name most
/// attempts would be in vain, and some operations refused for ever. Those that were refused a few times line
/// up here, in the order in which they came. Usable from any thread.
class Turns {
  class Lines;

 public:
  /// Held by the one operation on a name whose turn it is; passes the turn on when destroyed.
  class Turn {
   public:
    Turn(Turn&&) noexcept = default;
    Turn& operator=(Turn&&) = delete;
    ~Turn();

   private:
    friend class Turns;
    Turn(std::shared_ptr<Lines> lines, std::string name) : lines_(std::move(lines)), name_(std::move(name)) {}

    std::shared_ptr<Lines> lines_;  // also after the Turns are gone
    std::string name_;
  };

  Turns();

  [[nodiscard]] Task<Turn> take(std::string name);
  /// Whether somebody has the turn for the name.
  [[nodiscard]] bool is_taken(const std::string& name) const;

 private:
  std::shared_ptr<Lines> lines_;
};

}  // namespace vitrine::operations
