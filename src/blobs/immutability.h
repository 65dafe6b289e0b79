// Immutable states: what a time-based policy or a legal hold protects from being changed and from going.
// Source: Azure Storage REST, "Set Blob Immutability Policy", "Delete Blob Immutability Policy", "Set Blob
// Legal Hold"; Azure Storage, "Version-level WORM policies for immutable blob data".
#pragma once

#include <optional>

#include "base/time.h"
#include "blobs/container.h"

namespace vitrine::blobs {

/// An unlocked policy can be changed in every way; a locked one can only be made longer.
enum class PolicyMode : std::uint8_t { Unlocked = 0, Locked = 1 };

struct ImmutabilityPolicy {
  static constexpr std::uint64_t kAttribute = 8;

  Timestamp until;
  PolicyMode mode = PolicyMode::Unlocked;

  /// CBOR [until, mode].
  [[nodiscard]] Bytes encode() const;
  /// Errors: Corrupt.
  static Result<ImmutabilityPolicy> decode(ConstBytes cbor);
  friend bool operator==(const ImmutabilityPolicy&, const ImmutabilityPolicy&) = default;
};

/// Protects as long as it is there.
struct LegalHold {
  static constexpr std::uint64_t kAttribute = 9;

  /// CBOR true.
  [[nodiscard]] Bytes encode() const;
  /// Errors: Corrupt.
  static Result<LegalHold> decode(ConstBytes cbor);
  friend bool operator==(const LegalHold&, const LegalHold&) = default;
};

/// What every change of a protected state in the container touches.
store::Key protected_name(const ContainerId& container);

/// Of a container: a state in it was protected once. So only such a container is searched before it is
/// deleted.
struct HadProtection {
  static constexpr std::uint64_t kAttribute = 18;

  /// CBOR true.
  [[nodiscard]] Bytes encode() const;
  /// Errors: Corrupt.
  static Result<HadProtection> decode(ConstBytes cbor);
  friend bool operator==(const HadProtection&, const HadProtection&) = default;
};

/// What a new state comes with.
struct Protection {
  std::optional<ImmutabilityPolicy> policy{};
  bool legal_hold = false;
};

/// Whether the state has a policy, also one that is over, or a hold.
bool bears_protection(const Attributes& attributes);
/// Neither policy nor hold keep the state from being changed. Errors: BlobImmutableDueToPolicy,
/// BlobImmutableDueToLegalHold; Corrupt.
Result<void> check_mutable(const Attributes& attributes, Timestamp now);

/// Sets both on a new state. Errors: as set_policy().
Result<void> protect(Attributes& attributes, const Protection& protection, Timestamp now);
/// Errors: InvalidHeaderValue for a time that is not to come; BlobImmutableDueToPolicy where a locked one
/// would be unlocked or made shorter; Corrupt.
Result<void> set_policy(Attributes& attributes, const ImmutabilityPolicy& policy, Timestamp now);
/// Errors: BlobImmutableDueToPolicy for a locked one that is not over; Corrupt.
Result<void> remove_policy(Attributes& attributes, Timestamp now);
void set_legal_hold(Attributes& attributes, bool holds);
/// A copy of the state is not protected because the state is.
void unprotect_copy(Attributes& attributes);

}  // namespace vitrine::blobs
