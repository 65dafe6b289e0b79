#include "policy/charter.h"

#include <fmt/format.h>

#include <array>

namespace vitrine::policy {
namespace {

constexpr std::array kIdentifying = {actions::kFaceIdentify.name};

bool identifies_people(const Facts& facts) {
  for (auto action : kIdentifying)
    if (facts.intent.action.name == action) return true;
  return false;
}

bool purpose_covers_service(const Facts& facts) {
  return facts.purpose && facts.purpose->covers(facts.intent.action.service);
}

std::string_view window_words(Window window) {
  switch (window) {
    case Window::Hour:
      return "an hour";
    case Window::Day:
      return "a day";
    case Window::Month:
      return "30 days";
  }
  return "";
}

// Ordered: what is never allowed comes before what is not allowed now.
constexpr CharterRule kRules[] = {
    {"charter/no-identification", identifies_people,
     [](const Facts&) -> std::string {
       return "Vitrine does not identify people: faces are found only in order to cover them. No purpose, "
              "legal basis or setting allows it.";
     }},
    {"charter/suspended-service", [](const Facts& f) { return f.service_suspended; },
     [](const Facts& f) {
       return fmt::format(
           "The service '{}' is suspended for the account '{}'. Ask the operator why and until when; the "
           "suspension stands in the public log.",
           name(f.intent.action.service), f.intent.resource.account);
     }},
    {"charter/known-purpose", [](const Facts& f) { return f.purpose == nullptr; },
     [](const Facts& f) {
       return fmt::format("'{}' is not a purpose of this server's register. Choose one that is.",
                          f.exchange.purpose);
     }},
    {"charter/purpose-of-the-credential", [](const Facts& f) { return !f.credential_allows_purpose; },
     [](const Facts& f) {
       return fmt::format(
           "This credential is not bound to the purpose '{}'. Use a credential that is, or choose one of its "
           "own "
           "purposes with the header x-ms-vitrine-purpose.",
           f.exchange.purpose);
     }},
    {"charter/purpose-covers-service", [](const Facts& f) { return !purpose_covers_service(f); },
     [](const Facts& f) {
       return fmt::format("The purpose '{}' does not cover the service '{}'.", f.exchange.purpose,
                          name(f.intent.action.service));
     }},
    {"charter/within-budget", [](const Facts& f) { return f.exceeded.has_value(); },
     [](const Facts& f) {
       const auto& e = *f.exceeded;
       return fmt::format(
           "The purpose '{}' allows {} {} of the service '{}' in {}. {} {} left and this asks for {}.",
           f.exchange.purpose, e.budget.limit, name(e.budget.quantity), name(e.budget.service),
           window_words(e.budget.window), e.remaining, e.remaining == 1 ? "is" : "are", e.asked);
     }},
};

}  // namespace

const CharterRule* find_forbidding(const Facts& facts) {
  for (const auto& rule : kRules)
    if (rule.forbids(facts)) return &rule;
  return nullptr;
}

std::string charter_text() {
  return "charter/no-identification: nobody is identified by face or voice.\n"
         "charter/suspended-service: no operation of a suspended service.\n"
         "charter/known-purpose: every operation has a purpose of the register.\n"
         "charter/purpose-of-the-credential: a credential acts only for purposes it is bound to.\n"
         "charter/purpose-covers-service: a purpose uses only the services it covers.\n"
         "charter/within-budget: no use beyond the purpose's bound.\n";
}

}  // namespace vitrine::policy
