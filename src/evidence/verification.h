// The result of verifying something: named checks in order, each with a sentence for a person.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace vitrine::evidence {

enum class CheckState { Passed, Failed, NotReached };

struct Check {
  /// What is checked, in a word or two: "checkpoint", "facet what".
  std::string name;
  CheckState state = CheckState::NotReached;
  /// What the result means. Empty when not reached.
  std::string sentence;
  /// Where it failed: a path in the document, or a file and position. Empty otherwise.
  std::string place;
};

/// A fact that the evidence establishes, for people to read: ("action", "blob.get"). Only given when
/// verified.
struct Fact {
  std::string name;
  std::string value;
};

/// One of several things of a kind that the evidence tells of: a loss, for instance. Only given when
/// verified.
struct Statement {
  std::string kind;
  std::vector<Fact> facts;
};

class Verification {
 public:
  /// All checks start as not reached.
  Verification(std::string subject, std::vector<std::string> check_names);

  /// The next check passed. Precondition, here and for fail(): one is left.
  void pass(std::string sentence);
  /// The next check failed; those behind it stay not reached.
  void fail(std::string sentence, std::string place);
  void state(std::string name, std::string value) { facts_.push_back({std::move(name), std::move(value)}); }

  void state(Statement statement) { statements_.push_back(std::move(statement)); }

  /// What it comes to in the end, where "is verified" would say more than was asked or can be shown.
  void conclude(std::string sentence) { conclusion_ = std::move(sentence); }

  /// Every check was reached and passed.
  [[nodiscard]] bool verified() const;
  /// The check that failed, if any.
  [[nodiscard]] const Check* failure() const;
  [[nodiscard]] const std::string& subject() const { return subject_; }
  [[nodiscard]] const std::vector<Check>& checks() const { return checks_; }
  [[nodiscard]] const std::vector<Fact>& facts() const { return facts_; }
  [[nodiscard]] const std::vector<Statement>& statements() const { return statements_; }
  /// One sentence: "This receipt is verified.", or as it was concluded.
  [[nodiscard]] std::string conclusion() const;

 private:
  std::string subject_;
  std::vector<Check> checks_;
  std::vector<Fact> facts_;
  std::vector<Statement> statements_;
  std::string conclusion_;
  std::size_t reached_ = 0;
};

}  // namespace vitrine::evidence
