#include "identity/roles.h"

#include <fmt/format.h>

#include <utility>

#include "identity/principal.h"

namespace vitrine::identity {
namespace {

bool is_of(const RoleAssignment& assignment, std::string_view object_id, std::string_view subject) {
  const auto& holder = assignment.holder;
  return holder.empty() || holder == object_id || holder == subject;
}

bool reaches(const RoleAssignment& assignment, std::string_view account, std::string_view container) {
  return account != kSystemAccount && (assignment.account.empty() || assignment.account == account) &&
         (assignment.container.empty() || assignment.container == container);
}

std::pair<Role, bool> strength(const RoleAssignment& assignment) {
  return {assignment.role, assignment.container.empty()};
}

}  // namespace

std::string_view name(Role role) {
  switch (role) {
    case Role::Reader:
      return "reader";
    case Role::Contributor:
      return "contributor";
    case Role::Owner:
      return "owner";
  }
  return "";
}

Result<Role> parse_role(std::string_view text) {
  for (auto role : {Role::Reader, Role::Contributor, Role::Owner})
    if (text == name(role)) return role;
  return fail(Code::InvalidInput,
              fmt::format("'{:.64}' is no role; choose reader, contributor or owner.", text));
}

const RoleAssignment* RoleBook::find(std::string_view object_id, std::string_view subject,
                                     std::string_view account, std::string_view container) const {
  const RoleAssignment* best = nullptr;
  for (const auto& assignment : assignments_)
    if (is_of(assignment, object_id, subject) && reaches(assignment, account, container) &&
        (!best || strength(assignment) > strength(*best)))
      best = &assignment;
  return best;
}

}  // namespace vitrine::identity
