// Budgets make "mass" a number: how much of a service an organisation used for a purpose, counted in the
// same commit that acts.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
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

/// Who uses what for which purpose: whose budgets are concerned.
struct Usage {
  std::string organisation;
  const Purpose* purpose = nullptr;  ///< of the register, which outlives it
  Service service = Service::Storage;

  bool operator==(const Usage&) const = default;
};

/// One budget's counter in the store, of one bucket of time.
struct Counter {
  std::string key;
  Quantity quantity;
};

class BudgetBook;
class Charge;

/// Counters of time that no window reaches any more. Only the book tells which those are.
class ExpiredCounters {
 public:
  /// What erases them.
  [[nodiscard]] const std::vector<store::CounterDelta>& deltas() const { return deltas_; }

 private:
  friend class BudgetBook;
  std::vector<store::CounterDelta> deltas_;
};

/// Amounts held in the book, or taken from a charge. Dies with its request: given back on destruction unless
/// kept.
class Reservation {
 public:
  Reservation() = default;
  Reservation(Reservation&& other) noexcept { *this = std::move(other); }
  Reservation& operator=(Reservation&& other) noexcept;
  ~Reservation() { release(); }

  /// What the commit has to make durable.
  [[nodiscard]] std::vector<store::CounterDelta> deltas() const;
  /// The commit happened: the amounts stay counted, and what was permitted may be done in steps that draw
  /// on them.
  Charge keep();

 private:
  friend class BudgetBook;
  friend class Charge;
  Reservation(Usage usage, Bounds amount) : usage_(std::move(usage)), amount_(amount) {}
  void release();

  BudgetBook* book_ = nullptr;
  Charge* drawn_from_ = nullptr;
  Usage usage_;
  Bounds amount_;
  std::vector<Counter> counters_;
};

/// What a commit counted in advance for work that is done in steps, a job's pictures. Made by keeping a
/// reservation, so nothing is free that was not counted. Used by one thread; outlives what is drawn from it.
class Charge {
 public:
  /// Nothing when it is another's, or less is left than the step needs: then the step is counted by itself.
  std::optional<Reservation> draw(const Usage& usage, Bounds bounds);
  [[nodiscard]] Bounds left() const { return left_; }
  /// What gives back the part not drawn: for the closing record's commit, and for BudgetBook::apply once that
  /// is durable.
  [[nodiscard]] std::vector<store::CounterDelta> refund() const;

 private:
  friend class Reservation;
  Charge(Usage usage, Bounds amount, std::vector<Counter> counters)
      : usage_(std::move(usage)), left_(amount), counters_(std::move(counters)) {}

  Usage usage_;
  Bounds left_;
  std::vector<Counter> counters_;
};

/// Every organisation's use, in memory, backed by the store's counters. Usable from any thread.
class BudgetBook {
 public:
  /// The window a counter belongs to is told by its key; reads one counter at start. Errors: Corrupt.
  Result<void> load(const store::CounterDelta& counter, Timestamp now);
  /// Of the counters that were read, those that no longer count.
  ExpiredCounters take_expired();

  /// Compares and adds in one step: all of the purpose's budgets for the service, or none.
  std::expected<Reservation, BudgetExceeded> reserve(Usage usage, Bounds bounds, Timestamp now);

  /// Adds what a commit made durable: refunds.
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
  ExpiredCounters expired_;
};

}  // namespace vitrine::policy
