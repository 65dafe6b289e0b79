#include "app/role_settings.h"

#include <fmt/format.h>

#include <algorithm>

namespace vitrine::app {
namespace {

constexpr std::string_view kKeys[] = {"principal", "role", "account", "container", "purpose", "purposes"};

/// Empty when the key is absent.
Result<std::string> text_of(const toml::table& table, std::string_view key) {
  const auto* node = table.get(key);
  if (!node) return std::string();
  auto text = node->value_exact<std::string>();
  if (!text || text->empty()) return fail(Code::InvalidInput, fmt::format("'{}' is no text.", key));
  return std::move(*text);
}

Result<std::string> required_text_of(const toml::table& table, std::string_view key) {
  auto text = TRY(text_of(table, key));
  if (text.empty()) return fail(Code::InvalidInput, fmt::format("it lacks '{}'.", key));
  return text;
}

Result<std::vector<identity::PurposeId>> purposes_of(const toml::table& table) {
  std::vector<identity::PurposeId> purposes;
  const auto* node = table.get("purposes");
  if (!node) return purposes;
  const auto* array = node->as_array();
  if (!array) return fail(Code::InvalidInput, "'purposes' is no list.");
  for (const auto& each : *array) {
    const auto text = each.value_exact<std::string>();
    if (!text) return fail(Code::InvalidInput, "'purposes' holds something else than texts.");
    purposes.push_back(TRY(identity::PurposeId::parse(*text)));
  }
  return purposes;
}

Result<void> refuse_unknown_keys(const toml::table& table) {
  for (const auto& [key, node] : table)
    if (std::ranges::find(kKeys, key.str()) == std::end(kKeys))
      return fail(Code::InvalidInput, fmt::format("it has no '{}'.", key.str()));
  return {};
}

Result<identity::RoleAssignment> read_role(const toml::table& table) {
  TRY(refuse_unknown_keys(table));
  identity::RoleAssignment role{
      .holder = TRY(required_text_of(table, "principal")),
      .role = TRY(identity::parse_role(TRY(required_text_of(table, "role")))),
      .account = TRY(identity::AccountName::parse(TRY(required_text_of(table, "account")))).text(),
      .container = TRY(text_of(table, "container")),
      .default_purpose = TRY(identity::PurposeId::parse(TRY(required_text_of(table, "purpose")))),
      .allowed_purposes = TRY(purposes_of(table))};
  return role;
}

}  // namespace

Result<std::vector<identity::RoleAssignment>> read_roles(const toml::node& node, const std::string& place) {
  const auto* tables = node.as_array();
  if (!tables || !tables->is_array_of_tables())
    return fail(Code::InvalidInput, fmt::format("{}: roles are written as tables, [[role]].", place));
  std::vector<identity::RoleAssignment> roles;
  for (const auto& each : *tables) {
    auto role = read_role(*each.as_table());
    if (!role)
      return fail(Code::InvalidInput, fmt::format("Configuration file, the [[role]] in line {}: {}",
                                                  each.source().begin.line, role.error().message));
    roles.push_back(std::move(*role));
  }
  return roles;
}

}  // namespace vitrine::app
