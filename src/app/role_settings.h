// The [[role]] tables of the configuration file: what the holders of bearer tokens may do.
#pragma once

#include <toml++/toml.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "identity/roles.h"

namespace vitrine::app {

/// The name of the tables.
inline constexpr std::string_view kRoles = "role";

/// `place` says where they stand. Errors: InvalidInput, naming the place or the table's line.
Result<std::vector<identity::RoleAssignment>> read_roles(const toml::node& node, const std::string& place);

}  // namespace vitrine::app
