// Two people stand behind a statement. (docs/formats/public-log.md)
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/error.h"
#include "crypto/signature.h"

namespace vitrine::evidence {

/// One person stands behind a statement.
struct Approval {
  crypto::Ed25519Public key{};
  crypto::Ed25519Signature signature{};
  bool operator==(const Approval&) const = default;
};
using Approvals = std::array<Approval, 2>;

Approval approve(ConstBytes statement, const crypto::SigningKey& key);
/// `what` is stated, "The loss in slot 3". Errors: VerificationFailed when one did not sign it, or both are
/// the same.
Result<void> check_approvals(std::string_view what, ConstBytes statement, const Approvals& approvals);

/// SHA-256 of the person's key, in hexadecimal: whoever has the key can compute it.
std::string fingerprint(const Approval& approval);

}  // namespace vitrine::evidence
