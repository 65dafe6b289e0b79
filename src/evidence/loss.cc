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
  return approve(loss_statement(origin, loss), key);
}

Result<void> check_approvals(std::string_view origin, const Loss& loss) {
  return check_approvals(fmt::format("The loss in slot {}", loss.slot), loss_statement(origin, loss),
                         loss.approvals);
}

std::string second_journal_begun(std::uint64_t slot) {
  return fmt::format(
      "a second one was begun for the account. If the first was lost, the public log has a loss entry for "
      "slot {} that two people signed: `vitrine verify log` prints it",
      slot);
}

}  // namespace vitrine::evidence
