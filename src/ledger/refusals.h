// Requests that were refused before anything was decided: they get no record of their own and are counted.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "identity/account_directory.h"

namespace vitrine::ledger {

/// Why a request was refused without a decision.
enum class Refusal : std::uint8_t {
  FailedAuthentication,     ///< no credential, or a wrong one
  InsufficientCredentials,  ///< a right one that does not reach so far
  MalformedRequest,         ///< not understood, or not offered
  UnknownAccount,
};
inline constexpr std::size_t kRefusals = 4;
/// As counting records name the quantity: "failed-authentication", …
std::string_view name(Refusal refusal);

/// What an answer with this error counts as when no record was made of it; nothing when the failure is the
/// server's, or that of a look-up that is no operation.
std::optional<Refusal> refusal_of(Code code);

/// By Refusal.
using RefusalCounts = std::array<std::uint64_t, kRefusals>;
void add(RefusalCounts& to, const RefusalCounts& amounts);

/// What was counted of one account.
struct CountedRefusals {
  std::shared_ptr<const identity::KeyRing> of;
  RefusalCounts counts{};
};
/// By slot.
using RefusalsBySlot = std::map<std::uint32_t, CountedRefusals>;

/// Counts until somebody takes the counts. What is kept has a row for each account that exists at most,
/// whatever names strangers make up. Usable from any thread.
class Refusals {
 public:
  /// The directory outlives this and has the server's own account before anything is counted.
  explicit Refusals(const identity::AccountDirectory& accounts) : accounts_(accounts) {}

  /// A request that names the account was refused with the error and left no record. A name that no account
  /// has, or an empty one, counts for the server's own account.
  void count(std::string_view account, const Error& error);

  /// What was counted since the last call.
  [[nodiscard]] RefusalsBySlot take();

 private:
  const identity::AccountDirectory& accounts_;
  std::mutex mutex_;
  RefusalsBySlot counted_;
};

}  // namespace vitrine::ledger
