// What a record says, in its four parts: who, what, why, outcome. (docs/formats/record.md)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"
#include "tlog/merkle.h"

namespace vitrine::evidence {

using tlog::Digest;

// All texts are UTF-8; a text that does not apply is empty.

struct Who {
  /// "account:devstoreaccount1/key1", "oidc:issuer/subject", "anonymous", "system".
  std::string principal;
  /// How the principal proved to be it: "shared-key", "sas:id", "user-delegation-sas", "bearer", "none".
  std::string credential;
  /// What kind of program asked: "sdk-python", "azcopy", "other".
  std::string client_class;
  bool operator==(const Who&) const = default;
};

/// Of an analysis: from what, by what, to what.
struct Derivation {
  Digest input_root{};
  Digest model_hash{};
  Digest output_root{};
  bool operator==(const Derivation&) const = default;
};

struct What {
  /// The group of operations: "storage", "image", …
  std::string service;
  /// An open set of names: "blob.get", "container.create", …
  std::string action;
  std::string container;
  std::string blob;
  /// A version or snapshot id.
  std::string version;
  /// The tree hash over the version's segments, when a version was read or written.
  std::optional<Digest> content_root;
  std::optional<Derivation> result;
  bool operator==(const What&) const = default;
};

enum class Decision : std::uint8_t { Denied = 0, Permitted = 1 };

struct Why {
  std::string purpose;
  /// The legal basis' id.
  std::string basis;
  Decision decision = Decision::Denied;
  /// Ids of the policies that decided, in the order of the bundle.
  std::vector<std::string> policies;
  /// Of the active policy bundle.
  Digest bundle_hash{};
  /// What had to be done to the result, and what was.
  std::vector<std::string> obligations;
  std::vector<std::string> obligations_done;
  std::uint64_t policy_epoch = 0;
  std::uint64_t suspension_epoch = 0;
  bool operator==(const Why&) const = default;
};

/// "items", "bytes", "media-seconds", … and how many.
struct Quantity {
  std::string name;
  std::uint64_t amount = 0;
  bool operator==(const Quantity&) const = default;
};

/// A record of a decision bounds its quantities; a closing record states them.
enum class Measure : std::uint8_t { UpperBounds = 0, Actual = 1 };

/// Only in closing records.
struct Closing {
  /// The journal index of the record that it closes.
  std::uint64_t first_index = 0;
  /// "succeeded", "failed", "cancelled", "interrupted".
  std::string end_state;
  bool operator==(const Closing&) const = default;
};

struct Outcome {
  Measure measure = Measure::UpperBounds;
  std::vector<Quantity> quantities;
  /// The HTTP status that was answered; 0 for background work.
  std::uint64_t status = 0;
  /// The operator's claim, to the microsecond.
  Timestamp time;
  std::string request_id;
  std::optional<Closing> closing;
  bool operator==(const Outcome&) const = default;
};

/// Deterministic CBOR, arrays only.
Bytes encode(const Who& who);
Bytes encode(const What& what);
Bytes encode(const Why& why);
Bytes encode(const Outcome& outcome);

/// The other way, strictly: what encode() would not produce is refused. Errors: Corrupt, with the offset.
Result<Who> decode_who(ConstBytes cbor);
Result<What> decode_what(ConstBytes cbor);
Result<Why> decode_why(ConstBytes cbor);
Result<Outcome> decode_outcome(ConstBytes cbor);

}  // namespace vitrine::evidence
