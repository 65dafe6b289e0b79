#include "policy/budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/saturating.h"

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

bool is_concerned(const Budget& budget, Service service, Bounds bounds) {
  return budget.service == service && bounds.of(budget.quantity) > 0;
}

std::vector<store::CounterDelta> deltas_of(const std::vector<Counter>& counters, Bounds amount, int sign) {
  std::vector<store::CounterDelta> out;
  for (const auto& counter : counters)
    if (auto part = amount.of(counter.quantity); part != 0) out.push_back({counter.key, sign * part});
  return out;
}

}  // namespace

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  release();
  book_ = std::exchange(other.book_, nullptr);
  drawn_from_ = std::exchange(other.drawn_from_, nullptr);
  usage_ = std::move(other.usage_);
  amount_ = other.amount_;
  counters_ = std::move(other.counters_);
  return *this;
}

std::vector<store::CounterDelta> Reservation::deltas() const {
  return deltas_of(counters_, amount_, 1);
}

Charge Reservation::keep() {
  book_ = nullptr;
  drawn_from_ = nullptr;
  return {std::move(usage_), amount_, std::move(counters_)};
}

void Reservation::release() {
  if (book_) book_->apply(deltas_of(counters_, amount_, -1));
  if (drawn_from_) {
    drawn_from_->left_.items += amount_.items;
    drawn_from_->left_.bytes += amount_.bytes;
  }
  book_ = nullptr;
  drawn_from_ = nullptr;
}

std::optional<Reservation> Charge::draw(const Usage& usage, Bounds bounds) {
  if (usage != usage_ || bounds.items > left_.items || bounds.bytes > left_.bytes) return std::nullopt;
  left_.items -= bounds.items;
  left_.bytes -= bounds.bytes;
  Reservation out(usage_, bounds);
  out.drawn_from_ = this;
  return out;
}

std::vector<store::CounterDelta> Charge::refund() const {
  return deltas_of(counters_, left_, -1);
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
  if (bucket >= bucket_at(window, now) - shape(window).buckets)
    add(counter);
  else
    expired_.deltas_.push_back({counter.key, -counter.amount});
  return {};
}

ExpiredCounters BudgetBook::take_expired() {
  std::lock_guard lock(mutex_);
  return std::exchange(expired_, {});
}

std::expected<Reservation, BudgetExceeded> BudgetBook::reserve(Usage usage, Bounds bounds, Timestamp now) {
  Reservation out(std::move(usage), bounds);
  const auto& [organisation, purpose, service] = out.usage_;
  if (std::ranges::none_of(purpose->budgets,
                           [&](const Budget& budget) { return is_concerned(budget, service, bounds); }))
    return out;
  std::lock_guard lock(mutex_);
  for (const auto& budget : purpose->budgets) {
    if (!is_concerned(budget, service, bounds)) continue;
    auto ring = ring_key(organisation, *purpose, budget);
    auto asked = bounds.of(budget.quantity);
    auto left = std::max<std::int64_t>(0, budget.limit - used(ring, budget.window, now));
    if (asked > left) return std::unexpected(BudgetExceeded{budget, asked, left});
    out.counters_.push_back({counter_key(ring, bucket_at(budget.window, now)), budget.quantity});
  }
  for (const auto& delta : out.deltas()) add(delta);
  out.book_ = this;
  return out;
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
