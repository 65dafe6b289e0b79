#include "evidence/loss.h"

#include <fmt/format.h>

#include "base/cbor.h"

namespace vitrine::evidence {

Bytes loss_statement(std::string_view origin, const Loss& loss) {
  CborWriter out;
  out.array(8).text("vitrine-loss-v1").text(origin).unsigned_int(loss.slot).unsigned_int(loss.size);
  out.bytes(loss.root).text(loss.reason).bytes(loss.commitment);
  return out.integer(loss.time.time_since_epoch().count()).take();
}

Approval approve(std::string_view origin, const Loss& loss, const crypto::SigningKey& key) {
  return {key.public_key(), key.sign(loss_statement(origin, loss))};
}

Result<void> check_approvals(std::string_view origin, const Loss& loss) {
  const auto statement = loss_statement(origin, loss);
  for (const auto& approval : loss.approvals)
    if (!crypto::verify(approval.key, statement, approval.signature))
      return fail(Code::VerificationFailed,
                  fmt::format("The loss in slot {} is not signed by both who are named for it.", loss.slot));
  if (loss.approvals[0].key == loss.approvals[1].key)
    return fail(Code::VerificationFailed,
                fmt::format("The loss in slot {} was approved by one person twice.", loss.slot));
  return {};
}

}  // namespace vitrine::evidence
