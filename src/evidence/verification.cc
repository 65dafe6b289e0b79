#include "evidence/verification.h"

#include <algorithm>

namespace vitrine::evidence {

Verification::Verification(std::string subject, std::vector<std::string> check_names)
    : subject_(std::move(subject)) {
  for (auto& name : check_names) checks_.push_back({std::move(name), CheckState::NotReached, {}, {}});
}

void Verification::pass(std::string sentence) {
  auto& check = checks_.at(reached_++);
  check.state = CheckState::Passed;
  check.sentence = std::move(sentence);
}

void Verification::fail(std::string sentence, std::string place) {
  auto& check = checks_.at(reached_);
  check.state = CheckState::Failed;
  check.sentence = std::move(sentence);
  check.place = std::move(place);
  reached_ = checks_.size();
}

bool Verification::verified() const {
  return std::ranges::all_of(checks_, [](const auto& check) { return check.state == CheckState::Passed; });
}

std::string Verification::conclusion() const {
  if (!verified()) return "This " + subject_ + " is NOT verified.";
  return conclusion_.empty() ? "This " + subject_ + " is verified." : conclusion_;
}

const Check* Verification::failure() const {
  auto failed = std::ranges::find(checks_, CheckState::Failed, &Check::state);
  return failed == checks_.end() ? nullptr : &*failed;
}

}  // namespace vitrine::evidence
