#include "policy/purpose.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>

#include "identity/principal.h"
#include "policy_generated/shipped_purposes.h"

namespace vitrine::policy {
namespace {

constexpr std::array<std::string_view, kServiceCount> kServices = {
    "storage", "image", "video", "speech", "translation", "search", "documents", "analytics", "sharing"};
constexpr std::array<std::string_view, 2> kQuantities = {"items", "bytes"};
constexpr std::array<std::string_view, 3> kWindows = {"hour", "day", "month"};
constexpr std::array<std::string_view, 1> kObligations = {"blur_faces"};

template <class Enum, std::size_t N>
Result<Enum> parse_word(const std::array<std::string_view, N>& words, std::string_view text,
                        const char* what) {
  auto found = std::find(words.begin(), words.end(), text);
  if (found != words.end()) return static_cast<Enum>(found - words.begin());
  return fail(Code::InvalidInput,
              fmt::format("'{}' is no {}; choose one of: {}.", text, what, fmt::join(words, ", ")));
}

std::unexpected<Error> bad(const toml::node& node, std::string_view what) {
  return fail(Code::InvalidInput,
              fmt::format("Purpose register, line {}: {}", node.source().begin.line, what));
}

Result<std::string> required_text(const toml::table& table, std::string_view key) {
  auto value = table[key].value<std::string>();
  if (!value || value->empty()) return bad(table, fmt::format("'{}' is missing or is not a string.", key));
  return *value;
}

/// Every string of an array through a word parser; an absent array is empty.
template <class Parse>
auto words(const toml::table& table, std::string_view key, Parse parse)
    -> Result<std::vector<typename std::invoke_result_t<Parse, std::string_view>::value_type>> {
  std::vector<typename std::invoke_result_t<Parse, std::string_view>::value_type> out;
  auto* node = table.get(key);
  if (!node) return out;
  if (!node->is_array()) return bad(*node, fmt::format("'{}' is not an array.", key));
  for (const auto& item : *node->as_array()) {
    auto parsed = parse(item.template value<std::string>().value_or(""));
    if (!parsed) return bad(item, parsed.error().message);
    out.push_back(*parsed);
  }
  return out;
}

Result<Budget> parse_budget(const toml::table& table) {
  auto limit = table["limit"].value<std::int64_t>();
  if (!limit || *limit < 0) return bad(table, "'limit' is not a number of 0 or more.");
  return Budget{TRY(parse_service(TRY(required_text(table, "service")))),
                TRY(parse_quantity(TRY(required_text(table, "quantity")))),
                TRY(parse_window(TRY(required_text(table, "window")))), *limit};
}

Result<Purpose> parse_purpose(const toml::table& table) {
  Purpose purpose;
  purpose.id = TRY(required_text(table, "id"));
  purpose.title = TRY(required_text(table, "title"));
  purpose.dpv = TRY(required_text(table, "dpv"));
  purpose.services = TRY(words(table, "services", parse_service));
  purpose.obligations = TRY(words(table, "obligations", parse_obligation));
  if (auto* budgets = table["budget"].as_array()) {
    for (const auto& node : *budgets) {
      if (!node.is_table()) return bad(node, "a budget is not a table.");
      purpose.budgets.push_back(TRY(parse_budget(*node.as_table())));
    }
  }
  return purpose;
}

/// Without its own purpose the server could not start, nor its operator suspend anything.
Result<void> check_servers_own(const PurposeRegister& purposes) {
  const auto* own = purposes.find(identity::kServersOwnPurpose);
  if (own && own->covers(Service::Storage)) return {};
  return fail(Code::InvalidInput,
              fmt::format("The purpose register has no purpose '{}' that covers storage: the server and its "
                          "operator act for it. Copy it from policies/purposes.toml.",
                          identity::kServersOwnPurpose));
}

}  // namespace

std::string_view name(Service service) {
  return kServices[static_cast<std::size_t>(service)];
}
std::string_view name(Quantity quantity) {
  return kQuantities[static_cast<std::size_t>(quantity)];
}
std::string_view name(Window window) {
  return kWindows[static_cast<std::size_t>(window)];
}
std::string_view name(Obligation obligation) {
  return kObligations[static_cast<std::size_t>(obligation)];
}
Result<Service> parse_service(std::string_view text) {
  return parse_word<Service>(kServices, text, "service");
}
Result<Quantity> parse_quantity(std::string_view text) {
  return parse_word<Quantity>(kQuantities, text, "quantity");
}
Result<Window> parse_window(std::string_view text) {
  return parse_word<Window>(kWindows, text, "window");
}
Result<Obligation> parse_obligation(std::string_view text) {
  return parse_word<Obligation>(kObligations, text, "obligation");
}

bool Purpose::covers(Service service) const {
  return std::find(services.begin(), services.end(), service) != services.end();
}

Result<PurposeRegister> PurposeRegister::parse(std::string_view text) {
  toml::table document;
  try {
    document = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return fail(Code::InvalidInput, fmt::format("Purpose register, line {}: {}", error.source().begin.line,
                                                std::string(error.description())));
  }
  auto* entries = document["purpose"].as_array();
  if (!entries || entries->empty())
    return fail(Code::InvalidInput, "The purpose register has no [[purpose]].");
  PurposeRegister out;
  for (const auto& node : *entries) {
    if (!node.is_table()) return bad(node, "a purpose is not a table.");
    auto purpose = TRY(parse_purpose(*node.as_table()));
    auto id = purpose.id;
    if (!out.purposes_.emplace(id, std::move(purpose)).second)
      return bad(node, fmt::format("the purpose '{}' stands there twice.", id));
  }
  TRY(check_servers_own(out));
  return out;
}

PurposeRegister PurposeRegister::shipped() {
  return parse(kShippedPurposes).value();
}

const Purpose* PurposeRegister::find(std::string_view id) const {
  auto found = purposes_.find(id);
  return found == purposes_.end() ? nullptr : &found->second;
}

std::vector<std::string> PurposeRegister::ids() const {
  std::vector<std::string> out;
  for (const auto& [id, purpose] : purposes_) out.push_back(id);
  return out;
}

}  // namespace vitrine::policy
