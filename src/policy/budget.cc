#include "policy/budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace vitrine::policy {
namespace {

using namespace std::chrono;

struct Shape {
  microseconds bucket;
  std::int64_t buckets;
};

Shape shape(Window window) {
  switch (window) {
    case Window::Hour:
      return {minutes{1}, 60};
    case Window::Day:
      return {minutes{15}, 96};
    case Window::Month:
      return {hours{6}, 120};
  }
  return {hours{6}, 120};
}

std::int64_t bucket_at(Window window, Timestamp time) {
  return to_micros(time) / shape(window).bucket.count();
}

/// One ring's name: every counter key of it is this and a bucket number.
std::string ring_key(std::string_view organisation, const Purpose& purpose, const Budget& budget) {
  return fmt::format("budget/{}/{}/{}/{}/{}/", organisation, purpose.id, name(budget.service),
                     name(budget.quantity), name(budget.window));
}

std::string counter_key(std::string_view ring, std::int64_t bucket) {
  return fmt::format("{}{:016x}", ring, bucket);
}

struct CounterKey {
  std::string ring;
  std::int64_t bucket;
};

CounterKey split(std::string_view key) {
  auto slash = key.rfind('/') + 1;
  std::int64_t bucket = 0;
  std::from_chars(key.data() + slash, key.data() + key.size(), bucket, 16);
  return {std::string(key.substr(0, slash)), bucket};
}

std::int64_t saturating_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
}

/// The purpose's budgets that these bounds would use.
std::vector<Budget> concerned(const Purpose& purpose, Service service, Bounds bounds) {
  std::vector<Budget> out;
  for (const auto& budget : purpose.budgets)
    if (budget.service == service && bounds.of(budget.quantity) > 0) out.push_back(budget);
  return out;
}

}  // namespace

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  release();
  book_ = std::exchange(other.book_, nullptr);
  deltas_ = std::move(other.deltas_);
  return *this;
}

void Reservation::release() {
  if (!book_) return;
  std::lock_guard lock(book_->mutex_);
  for (auto delta : deltas_) {
    delta.amount = -delta.amount;
    book_->add(delta);
  }
  book_ = nullptr;
}

void BudgetBook::add(const store::CounterDelta& delta) {
  auto [ring, bucket] = split(delta.key);
  auto& used = rings_[ring][bucket];
  used = std::max<std::int64_t>(0, saturating_add(used, delta.amount));
}

std::int64_t BudgetBook::used(const std::string& ring, Window window, Timestamp now) {
  auto found = rings_.find(ring);
  if (found == rings_.end()) return 0;
  // The current bucket has only begun, so a whole window is it and all the full ones before it.
  auto oldest = bucket_at(window, now) - shape(window).buckets;
  found->second.erase(found->second.begin(), found->second.lower_bound(oldest));
  std::int64_t sum = 0;
  for (auto [bucket, amount] : found->second) sum = saturating_add(sum, amount);
  return sum;
}

Result<void> BudgetBook::load(const store::CounterDelta& counter, Timestamp now) {
  if (std::count(counter.key.begin(), counter.key.end(), '/') != 6)
    return fail(Code::Corrupt, fmt::format("The budget counter '{}' has no known form.", counter.key));
  auto [ring, bucket] = split(counter.key);
  auto window_at = ring.rfind('/', ring.size() - 2) + 1;
  auto window = TRY(parse_window(std::string_view(ring).substr(window_at, ring.size() - 1 - window_at)));
  std::lock_guard lock(mutex_);
  if (bucket >= bucket_at(window, now) - shape(window).buckets) add(counter);
  return {};
}

std::expected<Reservation, BudgetExceeded> BudgetBook::reserve(std::string_view organisation,
                                                               const Purpose& purpose, Service service,
                                                               Bounds bounds, Timestamp now) {
  Reservation out;
  auto budgets = concerned(purpose, service, bounds);
  if (budgets.empty()) return out;
  std::lock_guard lock(mutex_);
  for (const auto& budget : budgets) {
    auto ring = ring_key(organisation, purpose, budget);
    auto asked = bounds.of(budget.quantity);
    auto left = std::max<std::int64_t>(0, budget.limit - used(ring, budget.window, now));
    if (asked > left) return std::unexpected(BudgetExceeded{budget, asked, left});
    out.deltas_.push_back({counter_key(ring, bucket_at(budget.window, now)), asked});
  }
  for (const auto& delta : out.deltas_) add(delta);
  out.book_ = this;
  return out;
}

std::vector<store::CounterDelta> BudgetBook::refund(std::string_view organisation, const Purpose& purpose,
                                                    Service service, Bounds unused, Timestamp charged_at) {
  std::vector<store::CounterDelta> deltas;
  for (const auto& budget : concerned(purpose, service, unused))
    deltas.push_back(
        {counter_key(ring_key(organisation, purpose, budget), bucket_at(budget.window, charged_at)),
         -unused.of(budget.quantity)});
  return deltas;
}

void BudgetBook::apply(const std::vector<store::CounterDelta>& deltas) {
  std::lock_guard lock(mutex_);
  for (const auto& delta : deltas) add(delta);
}

std::int64_t BudgetBook::remaining(std::string_view organisation, const Purpose& purpose,
                                   const Budget& budget, Timestamp now) {
  std::lock_guard lock(mutex_);
  return std::max<std::int64_t>(
      0, budget.limit - used(ring_key(organisation, purpose, budget), budget.window, now));
}

}  // namespace vitrine::policy
