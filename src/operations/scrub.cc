#include "operations/scrub.h"

#include <fmt/format.h>

#include <utility>

#include "base/file.h"
#include "base/log.h"
#include "base/pace.h"
#include "ledger/sealed_check.h"

namespace vitrine::operations {
namespace {

/// After a crash so much is done again at most.
constexpr std::chrono::seconds kBetweenKeeping{10};

/// What comes between the store's own and the content has been looked at.
bool is_in_content(const store::CheckPlace& place) {
  return place.stage == store::CheckStage::Content && !place.key.empty();
}

}  // namespace

/// Shows how far the pass is, raises the alarms, keeps the place and the pace.
class Scrub::Guide final : public store::CheckGuide {
 public:
  Guide(Scrub& scrub, ScrubPass& pass, std::uint64_t rate, std::stop_token stop)
      : scrub_(scrub), pass_(pass), pace_(rate), stop_(std::move(stop)), told_(pass.report.told.size()) {}

  bool go_on(std::uint64_t bytes, const store::CheckPlace& place) override {
    pass_.place = place;
    raise_alarms();
    show(bytes);
    if (const auto now = std::chrono::steady_clock::now(); now >= due_) {
      scrub_.keep();
      due_ = now + kBetweenKeeping;
    }
    return pace_.spend(bytes, stop_);
  }

  void raise_alarms() {
    for (; told_ < pass_.report.told.size(); ++told_) {
      const auto& [place, what] = pass_.report.told[told_];
      log::error("scrub found damage: restore what is named from a backup",
                 {{"place", place}, {"what", what}});
    }
  }

 private:
  void show(std::uint64_t bytes) {
    std::lock_guard lock(scrub_.mutex_);
    scrub_.bytes_read_ += bytes;
    scrub_.state_.current = pass_;
  }

  Scrub& scrub_;
  ScrubPass& pass_;
  Pace pace_;
  const std::stop_token stop_;
  std::size_t told_;
  std::chrono::steady_clock::time_point due_ = std::chrono::steady_clock::now() + kBetweenKeeping;
};

Scrub::Scrub(const Floors& floors, const identity::AccountDirectory& accounts, ScrubOptions options)
    : floors_(floors), accounts_(accounts), options_(std::move(options)) {
  load();
}

Scrub::~Scrub() {
  stop();
}

void Scrub::load() {
  const auto stored = read_file(options_.file);
  if (!stored && stored.error().code == Code::ResourceNotFound) return;
  auto state = stored ? decode_scrub_state(as_bytes(*stored)) : std::unexpected(stored.error());
  if (state)
    state_ = std::move(*state);
  else
    log::warn("scrub does not know how far it was and begins anew", {{"error", state.error().message}});
}

void Scrub::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Scrub::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void Scrub::run(const std::stop_token& stop) {
  while (wait(stop)) {
    pass(stop);
    keep();
  }
}

/// Until a pass is due, asked for, or was left unfinished by the process before.
bool Scrub::wait(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  auto due = Timestamp::max();
  const bool by_itself = options_.interval.count() > 0;
  const auto& current = state_.current;
  const bool unfinished = current && !current->ended;
  if (unfinished || (by_itself && !current))
    due = floors_.clock.now() + options_.rest;
  else if (by_itself)
    due = current->started + options_.interval;
  while (!stop.stop_requested() && !wanted_ && floors_.clock.now() < due)
    asked_.wait_for(lock, stop, std::chrono::seconds(1), [this] { return wanted_.has_value(); });
  if (stop.stop_requested()) return false;
  if (wanted_ || !unfinished) begin_pass();
  current_ = std::stop_source();
  return true;
}

void Scrub::begin_pass() {
  const auto number = state_.current ? state_.current->number + 1 : 1;
  if (state_.current && state_.current->ended) state_.previous = std::move(state_.current);
  state_.current = ScrubPass{.number = number, .started = floors_.clock.now()};
  rate_ = std::exchange(wanted_, std::nullopt);
}

std::uint64_t Scrub::rate() const {
  if (rate_) return *rate_;
  const auto stored = floors_.store.stored_bytes();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options_.interval).count();
  const auto needed = stored && seconds > 0 ? *stored / static_cast<std::uint64_t>(seconds) : 0;
  return std::max(needed, options_.least_bytes_per_second);
}

void Scrub::pass(const std::stop_token& stop) {
  auto pass = *state().current;
  const auto from = pass.place;
  const std::stop_callback with_the_thread(stop, [this] { current_.request_stop(); });
  Guide guide(*this, pass, rate(), current_.get_token());
  AccountsKeys keys(accounts_, floors_.keys);
  const bool whole =
      (from.stage >= store::CheckStage::Content || floors_.store.check(from, guide, pass.report, &keys)) &&
      (is_in_content(from) || sealed_journals(pass.report)) &&
      check_content(floors_, accounts_, from.stage == store::CheckStage::Content ? from : store::CheckPlace{},
                    guide, pass.report, pass.content);
  guide.raise_alarms();
  if (whole) {
    pass.place = {store::CheckStage::Done, {}};
    pass.ended = floors_.clock.now();
    log::info("scrub has read everything", {{"pass", std::to_string(pass.number)},
                                            {"bytes", std::to_string(pass.report.bytes)},
                                            {"damages", std::to_string(pass.report.damages)}});
  }
  std::lock_guard lock(mutex_);
  state_.current = std::move(pass);
}

/// Whether they could be looked at: a store that is being opened again ends the pass for now.
bool Scrub::sealed_journals(store::CheckReport& report) const {
  const auto looked = ledger::check_sealed_journals(floors_.store, floors_.ledger.journals().files(), report);
  if (looked) return true;
  if (looked.error().code == Code::Unavailable) return false;
  report.add("sealed journals", looked.error().message);
  return true;
}

void Scrub::keep() {
  if (auto kept = replace_file(options_.file, encode_scrub_state(state())); !kept)
    log::warn("scrub could not keep its place", {{"error", kept.error().message}});
}

std::uint64_t Scrub::begin(std::uint64_t bytes_per_second) {
  std::lock_guard lock(mutex_);
  wanted_ = bytes_per_second;
  asked_.notify_all();
  current_.request_stop();  // it may sleep for long
  return state_.current ? state_.current->number + 1 : 1;
}

ScrubState Scrub::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

std::uint64_t Scrub::bytes_read() const {
  std::lock_guard lock(mutex_);
  return bytes_read_;
}

}  // namespace vitrine::operations
