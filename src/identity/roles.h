// What the holders of bearer tokens may do, as the operator assigned it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "identity/names.h"

namespace vitrine::identity {

/// As Azure's "Storage Blob Data Reader", "… Contributor" and "… Owner": an owner also sets access lists,
/// tags and properties of the service.
enum class Role : std::uint8_t { Reader, Contributor, Owner };
std::string_view name(Role role);
/// "reader", "contributor" or "owner". Errors: InvalidInput.
Result<Role> parse_role(std::string_view text);

/// One assignment.
struct RoleAssignment {
  std::string holder;  ///< object id or subject of a token; empty: whoever has a token
  Role role = Role::Reader;
  std::string account;    ///< empty: every account
  std::string container;  ///< empty: the whole account
  PurposeId default_purpose;
  std::vector<PurposeId> allowed_purposes;  ///< that may be chosen besides the default
};

/// Every assignment. Immutable; usable from any thread.
class RoleBook {
 public:
  RoleBook() = default;
  explicit RoleBook(std::vector<RoleAssignment> assignments) : assignments_(std::move(assignments)) {}

  /// The strongest of those that are about the holder, under either name, and reach as far: to the container,
  /// or with an empty one to the whole account. Of equal ones the wider, then the first. Null when there is
  /// none; always for the server's own account.
  [[nodiscard]] const RoleAssignment* find(std::string_view object_id, std::string_view subject,
                                           std::string_view account, std::string_view container) const;

 private:
  std::vector<RoleAssignment> assignments_;
};

}  // namespace vitrine::identity
