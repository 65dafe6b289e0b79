// The one place where operations are decided.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crypto/digest.h"
#include "policy/intent.h"
#include "policy/suspension.h"

namespace vitrine::policy {

/// What Permit and Denial have in common: the question, what determined the answer, and the state that the
/// answer holds for.
struct Grounds {
  Intent intent;
  std::vector<std::string_view> policies;  ///< ids of the determining ones
  crypto::Sha256Digest bundle_hash{};      ///< SHA-256 of Gate::bundle()
  std::vector<store::Guard> guards;        ///< the account's standing
};

/// The proof of a positive decision; only the Gate makes one, and a commit consumes it.
class Permit {
 public:
  Permit(Permit&&) noexcept = default;
  Permit& operator=(Permit&&) noexcept = default;

  [[nodiscard]] const Grounds& grounds() const { return grounds_; }
  [[nodiscard]] const Intent& intent() const { return grounds_.intent; }
  /// What must be done to the result.
  [[nodiscard]] const std::vector<Obligation>& obligations() const { return obligations_; }
  [[nodiscard]] const Reservation& reservation() const { return reservation_; }
  /// The commit is durable: what was reserved stays counted.
  Charge settle() { return reservation_.keep(); }

 private:
  friend class Gate;
  Permit(Grounds grounds, std::vector<Obligation> obligations, Reservation reservation)
      : grounds_(std::move(grounds)),
        obligations_(std::move(obligations)),
        reservation_(std::move(reservation)) {}

  Grounds grounds_;
  std::vector<Obligation> obligations_;
  Reservation reservation_;
};

/// A negative decision; it is committed as a record too.
class Denial {
 public:
  Denial(Denial&&) noexcept = default;
  Denial& operator=(Denial&&) noexcept = default;

  [[nodiscard]] const Grounds& grounds() const { return grounds_; }
  /// A sentence that a person understands.
  [[nodiscard]] const std::string& sentence() const { return sentence_; }

 private:
  friend class Gate;
  Denial(Grounds grounds, std::string sentence)
      : grounds_(std::move(grounds)), sentence_(std::move(sentence)) {}

  Grounds grounds_;
  std::string sentence_;
};

using Decision = std::variant<Permit, Denial>;

/// Decides every operation by the charter, the credential's purposes, suspensions and budgets. Usable from
/// any thread; decides in memory.
class Gate {
 public:
  Gate(PurposeRegister purposes, const Clock& clock);

  Decision decide(const Exchange& exchange, Intent intent);

  [[nodiscard]] const PurposeRegister& purposes() const { return purposes_; }
  /// The rules in force as text (docs/formats/policy-bundle.md).
  [[nodiscard]] const std::string& bundle() const { return bundle_; }
  /// SHA-256 of the bundle, as every record holds it.
  [[nodiscard]] const crypto::Sha256Digest& bundle_hash() const { return bundle_hash_; }
  Standings& standings() { return standings_; }
  [[nodiscard]] const Standings& standings() const { return standings_; }
  BudgetBook& budgets() { return budgets_; }

 private:
  std::expected<Reservation, BudgetExceeded> reserve(const Exchange& exchange, const Intent& intent,
                                                     const Purpose& purpose);

  PurposeRegister purposes_;
  const Clock& clock_;
  Standings standings_;
  BudgetBook budgets_;
  std::string bundle_;
  crypto::Sha256Digest bundle_hash_;
};

}  // namespace vitrine::policy
