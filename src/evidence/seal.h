// Entries of the public log. (docs/formats/public-log.md, docs/formats/seal.md)
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "evidence/erasure.h"
#include "evidence/loss.h"
#include "evidence/record.h"

namespace vitrine::evidence {

using Seconds = std::chrono::sys_seconds;

/// Commits to every journal's size and root at one tick.
struct Seal {
  /// 1, 2, 3 … without gaps.
  std::uint64_t number = 0;
  /// Never earlier than the previous seal's.
  Seconds time;
  /// Root of the heads tree.
  Digest heads_root{};
  /// Leaves of the heads tree: the number of account-created entries before this one.
  std::uint64_t slots = 0;
  /// seal_hash() of the previous seal; zeros in the first.
  Digest previous{};
  std::uint64_t policy_epoch = 0;
  /// SHA-256 of the newest witnessed checkpoint's document; none while no witness is configured.
  std::optional<Digest> witnessed;
  bool operator==(const Seal&) const = default;
};

/// Slots are given out as 0, 1, 2 …
struct AccountCreated {
  std::uint64_t slot = 0;
  /// account_commitment().
  Digest commitment{};
  bool operator==(const AccountCreated&) const = default;
};

enum class SuspensionState : std::uint8_t { Imposed = 0, Confirmed = 1, Lifted = 2, Lapsed = 3 };

/// A service switched off, or on again, for an account or organisation that is not named.
struct Suspension {
  SuspensionState state = SuspensionState::Imposed;
  std::string service;
  /// subject_commitment(); the same salt in all entries of one suspension.
  Digest subject{};
  Seconds time;
  bool operator==(const Suspension&) const = default;
};

/// The server started.
struct Restart {
  Seconds time;
  /// Number of the last seal before; 0 when there was none.
  std::uint64_t last_seal = 0;
  /// Whether the previous run ended in order.
  bool after_clean_stop = false;
  bool operator==(const Restart&) const = default;
};

using PublicEntry = std::variant<Seal, AccountCreated, Suspension, Restart, Loss, Erasure>;

/// When it was, by its own words; nothing where its kind says nothing of that.
std::optional<Seconds> time_of(const PublicEntry& entry);

/// CBOR [kind, version, …]; the kind is a text: "seal", "account-created", "suspension", "restart", "loss",
/// "erasure".
Bytes encode_entry(const PublicEntry& entry);
/// Strict. Errors: Corrupt; NotImplemented for a kind or version that this build does not know.
Result<PublicEntry> decode_entry(ConstBytes bytes);

/// What the next seal names as `previous`: the leaf hash of the seal's entry.
Digest seal_hash(const Seal& seal);

/// Binds a slot to an account, its journal and its owner's key without naming them: SHA-256 of
/// CBOR ["vitrine-account-v1", salt, account, journal id, owner's key]. The key is empty when the owner
/// registered none.
Digest account_commitment(const Salt& salt, std::string_view account, const JournalId& journal,
                          ConstBytes owner_key);
/// SHA-256 of CBOR ["vitrine-subject-v1", salt, subject].
Digest subject_commitment(const Salt& salt, std::string_view subject);

}  // namespace vitrine::evidence
