#include "evidence/approval.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "crypto/digest.h"

namespace vitrine::evidence {

Approval approve(ConstBytes statement, const crypto::SigningKey& key) {
  return {key.public_key(), key.sign(statement)};
}

Result<void> check_approvals(std::string_view what, ConstBytes statement, const Approvals& approvals) {
  for (const auto& approval : approvals)
    if (crypto::is_of_small_order(approval.key))
      return fail(Code::VerificationFailed,
                  fmt::format("{} names a key that signs for everybody: nobody holds it.", what));
  for (const auto& approval : approvals)
    if (!crypto::verify(approval.key, statement, approval.signature))
      return fail(Code::VerificationFailed,
                  fmt::format("{} is not signed by both who are named for it.", what));
  if (approvals[0].key == approvals[1].key)
    return fail(Code::VerificationFailed, fmt::format("{} was approved by one person twice.", what));
  return {};
}

std::string fingerprint(const Approval& approval) {
  return to_hex(crypto::sha256(approval.key));
}

}  // namespace vitrine::evidence
