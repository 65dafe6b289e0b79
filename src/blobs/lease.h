// Leases: who alone may change a blob, or delete a container, and for how long.
// Source: Azure Storage REST, "Lease Blob" and "Lease Container", tables "Outcomes of lease operations" and
// "Outcomes of use attempts".
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"
#include "base/time.h"
#include "blobs/attributes.h"

namespace vitrine::blobs {

/// A GUID, its bytes in the order in which they are spelled.
struct LeaseId {
  std::array<std::uint8_t, 16> bytes{};

  static LeaseId random();
  /// "1f812371-a41d-49e6-b123-f4b542e851c5", also without hyphens, in braces or parentheses, in any case.
  /// Errors: InvalidHeaderValue.
  static Result<LeaseId> parse(std::string_view text);
  /// Lower case, with hyphens.
  [[nodiscard]] std::string text() const;
  friend bool operator==(const LeaseId&, const LeaseId&) = default;
};

using std::chrono::seconds;

/// The last lease that was taken, also when it is over.
struct Lease {
  static constexpr std::uint64_t kAttribute = 1;

  LeaseId id;
  std::optional<seconds> duration;  ///< none: without end
  Timestamp begun;                  ///< or renewed
  std::optional<Timestamp> broken;  ///< since when it is, or will be, broken

  /// CBOR [id, seconds or null, begun, broken or null].
  [[nodiscard]] Bytes encode() const;
  /// Errors: Corrupt.
  static Result<Lease> decode(ConstBytes cbor);
  friend bool operator==(const Lease&, const Lease&) = default;
};

enum class LeaseState : std::uint8_t { Available, Leased, Breaking, Broken, Expired };
LeaseState state_of(const std::optional<Lease>& lease, Timestamp now);
/// Whether others are kept away.
bool is_locked(LeaseState state);

inline constexpr seconds kShortestLease{15}, kLongestLease{60}, kLongestBreak{60};

/// What the five operations do. Each takes what was there and leaves what is there afterwards; an error
/// changes nothing. Errors: LeaseAlreadyPresent, LeaseIsBreakingAndCannotBeAcquired.
Result<void> acquire(std::optional<Lease>& lease, Timestamp now, std::optional<seconds> duration,
                     const LeaseId& proposed);
/// Errors, here and below: LeaseNotPresentWithLeaseOperation, LeaseIdMismatchWithLeaseOperation; here
/// LeaseIsBrokenAndCannotBeRenewed, too.
Result<void> renew(std::optional<Lease>& lease, Timestamp now, const LeaseId& id);
/// Errors: LeaseIsBreakingAndCannotBeChanged, too.
Result<void> change(std::optional<Lease>& lease, Timestamp now, const LeaseId& id, const LeaseId& proposed);
Result<void> release(std::optional<Lease>& lease, const LeaseId& id);
/// Returns how long it is still held: at most `period`, without one as long as it has to run. Errors:
/// LeaseNotPresentWithLeaseOperation.
Result<seconds> break_lease(std::optional<Lease>& lease, Timestamp now, std::optional<seconds> period);

/// One of the five, as a request asks for it.
struct AcquireLease {
  std::optional<seconds> duration;
  LeaseId proposed;
};
struct RenewLease {
  LeaseId id;
};
struct ChangeLease {
  LeaseId id, proposed;
};
struct ReleaseLease {
  LeaseId id;
};
struct BreakLease {
  std::optional<seconds> period;
};
using LeaseAct = std::variant<AcquireLease, RenewLease, ChangeLease, ReleaseLease, BreakLease>;
/// Returns how long a broken lease is still held, otherwise 0.
Result<seconds> perform(const LeaseAct& act, std::optional<Lease>& lease, Timestamp now);

/// A change of what is leased ends a lease that is over already: it cannot be renewed any more.
void after_change(std::optional<Lease>& lease, Timestamp now);

}  // namespace vitrine::blobs
