// Budgets make "mass" a number: how much of a service an organisation used for a purpose, counted in the
// same commit that acts.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/time.h"
#include "policy/purpose.h"
#include "store/commit.h"

namespace vitrine::policy {

/// Upper bounds of what one operation will use.
struct Bounds {
  std::int64_t items = 0;
  std::int64_t bytes = 0;

  [[nodiscard]] std::int64_t of(Quantity quantity) const {
    return quantity == Quantity::Items ? items : bytes;
  }
};

/// Why a reservation was refused.
struct BudgetExceeded {
  Budget budget;
  std::int64_t asked;
  std::int64_t remaining;
};

class BudgetBook;

/// Amounts held in the book. Dies with its request: released on destruction unless kept.
class Reservation {
 public:
  Reservation() = default;
  Reservation(Reservation&& other) noexcept { *this = std::move(other); }
  Reservation& operator=(Reservation&& other) noexcept;
  ~Reservation() { release(); }

  /// What the commit has to make durable.
  [[nodiscard]] const std::vector<store::CounterDelta>& deltas() const { return deltas_; }
  /// The commit happened: the amounts stay counted.
  void keep() { book_ = nullptr; }

 private:
  friend class BudgetBook;
  void release();

  BudgetBook* book_ = nullptr;
  std::vector<store::CounterDelta> deltas_;
};

/// Every organisation's use, in memory, backed by the store's counters. Usable from any thread.
class BudgetBook {
 public:
  /// The window a counter belongs to is told by its key; reads one counter at start. Errors: Corrupt.
  Result<void> load(const store::CounterDelta& counter, Timestamp now);

  /// Compares and adds in one step: all of the purpose's budgets for the service, or none.
  std::expected<Reservation, BudgetExceeded> reserve(std::string_view organisation, const Purpose& purpose,
                                                     Service service, Bounds bounds, Timestamp now);

  /// What gives back part of an amount counted at `charged_at`: for the closing record's commit, and for
  /// `apply` once that is durable.
  [[nodiscard]] static std::vector<store::CounterDelta> refund(std::string_view organisation,
                                                               const Purpose& purpose, Service service,
                                                               Bounds unused, Timestamp charged_at);
  void apply(const std::vector<store::CounterDelta>& deltas);

  /// What is left of a budget now.
  std::int64_t remaining(std::string_view organisation, const Purpose& purpose, const Budget& budget,
                         Timestamp now);

 private:
  friend class Reservation;
  using Ring = std::map<std::int64_t, std::int64_t>;  // bucket number → used

  std::int64_t used(const std::string& ring, Window window, Timestamp now);
  void add(const store::CounterDelta& delta);

  std::mutex mutex_;
  std::map<std::string, Ring, std::less<>> rings_;
};

}  // namespace vitrine::policy
