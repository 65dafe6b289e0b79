#include "analysis/admission.h"

#include <deque>
#include <functional>
#include <mutex>

#include "analysis/answer.h"

namespace vitrine::analysis {
namespace {

std::unexpected<Error> cancelled() {
  return fail(Code::Cancelled, "The analysis was cancelled.");
}

}  // namespace

struct Admission::State {
  /// Hands over what was waited for; once.
  using Waiting = std::move_only_function<void(Result<Place>)>;

  mutable std::mutex mutex;
  std::size_t free = 0;
  bool is_closed = false;
  std::deque<std::shared_ptr<Waiting>> line;
};

Admission::Admission(std::size_t places) : state_(std::make_shared<State>()) {
  state_->free = places;
}

Admission::Place::~Place() {
  if (!state_) return;
  std::shared_ptr<State::Waiting> next;
  {
    std::lock_guard lock(state_->mutex);
    if (state_->line.empty()) {
      ++state_->free;
      return;
    }
    next = std::move(state_->line.front());
    state_->line.pop_front();
  }
  (*next)(Place(std::move(state_)));
}

Task<Result<Admission::Place>> Admission::enter() {
  auto own = std::make_shared<State::Waiting>();
  auto begin = [state = state_, own](auto finish) {
    std::unique_lock lock(state->mutex);
    if (!state->is_closed && state->free == 0) {
      *own = std::move(finish);
      state->line.push_back(own);
      return;
    }
    if (!state->is_closed) --state->free;
    bool is_in = !state->is_closed;
    lock.unlock();
    finish(is_in ? Result<Place>(Place(state)) : cancelled());
  };
  auto cancel = [state = state_, own] {
    {
      std::lock_guard lock(state->mutex);
      if (std::erase(state->line, own) == 0) return;
    }
    (*own)(cancelled());
  };
  co_return co_await answer_to<Result<Place>>(std::move(begin), std::move(cancel));
}

void Admission::close() {
  std::deque<std::shared_ptr<State::Waiting>> sent_away;
  {
    std::lock_guard lock(state_->mutex);
    state_->is_closed = true;
    sent_away.swap(state_->line);
  }
  for (auto& waiting : sent_away) (*waiting)(cancelled());
}

std::size_t Admission::waiting() const {
  std::lock_guard lock(state_->mutex);
  return state_->line.size();
}

}  // namespace vitrine::analysis
