#include "evidence/verify_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

namespace vitrine::evidence {
namespace {

std::string_view name(CheckState state) {
  switch (state) {
    case CheckState::Passed:
      return "passed";
    case CheckState::Failed:
      return "failed";
    case CheckState::NotReached:
      return "not reached";
  }
  return "";
}

std::string as_text(const std::vector<Fact>& facts, int indent) {
  std::string text;
  for (const auto& fact : facts)
    text += fmt::format("{:{}}{:<{}}  {}\n", "", indent, printable(fact.name), 24 - indent,
                        printable(fact.value));
  return text;
}

boost::json::object as_json(const std::vector<Fact>& facts) {
  boost::json::object out;
  for (const auto& fact : facts) out[fact.name] = fact.value;
  return out;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return out;
}

std::string report_as_text(const Verification& verification) {
  std::string text;
  for (const auto& check : verification.checks()) {
    text += fmt::format("{:<11}  {:<18}  {}\n", name(check.state), check.name, printable(check.sentence));
    if (!check.place.empty()) text += fmt::format("{:31}  at {}\n", "", printable(check.place));
  }
  text += as_text(verification.facts(), 0);
  for (const auto& statement : verification.statements())
    text += statement.kind + ":\n" + as_text(statement.facts, 2);
  return text + verification.conclusion() + "\n";
}

std::string report_as_json(const Verification& verification) {
  namespace json = boost::json;
  json::array checks;
  for (const auto& check : verification.checks())
    checks.push_back({{"name", check.name},
                      {"state", name(check.state)},
                      {"sentence", check.sentence},
                      {"place", check.place}});
  json::array statements;
  for (const auto& statement : verification.statements())
    statements.push_back({{"kind", statement.kind}, {"facts", as_json(statement.facts)}});
  return json::serialize(json::object{{"subject", verification.subject()},
                                      {"verified", verification.verified()},
                                      {"conclusion", verification.conclusion()},
                                      {"checks", std::move(checks)},
                                      {"facts", as_json(verification.facts())},
                                      {"statements", std::move(statements)}}) +
         "\n";
}

int exit_code(const Verification& verification) {
  return verification.verified() ? 0 : 1;
}

}  // namespace vitrine::evidence
