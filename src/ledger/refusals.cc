#include "ledger/refusals.h"

#include <utility>

#include "identity/principal.h"

namespace vitrine::ledger {
namespace {

/// Statuses that say: this cannot be understood, or is nothing that the server does. Of an operation that was
/// decided there is a record, so what is left with them did not come that far.
bool is_of_malformed(unsigned status) {
  switch (status) {
    case 400:
    case 405:
    case 411:
    case 413:
    case 431:
    case 501:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string_view name(Refusal refusal) {
  switch (refusal) {
    case Refusal::FailedAuthentication:
      return "failed-authentication";
    case Refusal::InsufficientCredentials:
      return "insufficient-credentials";
    case Refusal::MalformedRequest:
      return "malformed-requests";
    case Refusal::UnknownAccount:
      return "unknown-accounts";
  }
  return "";
}

std::optional<Refusal> refusal_of(Code code) {
  switch (code) {
    case Code::NoAuthenticationInformation:
    case Code::InvalidAuthenticationInfo:
    case Code::AuthenticationFailed:
    case Code::AuthorizationProtocolMismatch:
    case Code::AuthorizationSourceIpMismatch:
      return Refusal::FailedAuthentication;
    case Code::AuthorizationFailure:
    case Code::AuthorizationPermissionMismatch:
    case Code::AuthorizationResourceTypeMismatch:
    case Code::AuthorizationServiceMismatch:
      return Refusal::InsufficientCredentials;
    case Code::AccountNotFound:
      return Refusal::UnknownAccount;
    default:
      return is_of_malformed(http_status(code)) ? std::optional(Refusal::MalformedRequest) : std::nullopt;
  }
}

void add(RefusalCounts& to, const RefusalCounts& amounts) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += amounts[i];
}

void Refusals::count(std::string_view account, const Error& error) {
  const auto refusal = refusal_of(error.code);
  if (!refusal) return;
  auto ring = accounts_.find(account);
  if (!ring) ring = accounts_.find(identity::kSystemAccount);
  const auto slot = ring->account().slot;
  std::lock_guard lock(mutex_);
  auto& counted = counted_[slot];
  if (!counted.of) counted.of = std::move(ring);
  ++counted.counts[static_cast<std::size_t>(*refusal)];
}

RefusalsBySlot Refusals::take() {
  std::lock_guard lock(mutex_);
  return std::exchange(counted_, {});
}

}  // namespace vitrine::ledger
