// Conditional requests: what must hold of a blob or container for an operation to go on.
// Source: Azure Storage REST, "Specifying conditional headers for Blob service operations"; RFC 9110 §13.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "blobs/etag.h"

namespace vitrine::blobs {

/// The value of If-Match or If-None-Match: `*`, or tags, quoted or bare.
class ETagList {
 public:
  /// Errors: InvalidHeaderValue for an empty list or member.
  static Result<ETagList> parse(std::string_view text);

  [[nodiscard]] bool is_any() const { return any_; }
  [[nodiscard]] std::size_t size() const { return tags_.size(); }
  /// Whether the tag itself is in the list; `*` lists none.
  [[nodiscard]] bool lists(ETag etag) const;

 private:
  bool any_ = false;
  std::vector<std::string> tags_;  // without quotation marks
};

/// The conditions of one request; absent ones hold.
struct Conditions {
  std::optional<ETagList> if_match;
  std::optional<ETagList> if_none_match;
  std::optional<Timestamp> if_modified_since;
  std::optional<Timestamp> if_unmodified_since;
};

/// The operation that the conditions guard.
enum class Guarded : std::uint8_t {
  Read,
  Write,   ///< changes what exists
  Create,  ///< may bring it into being: Put Blob, Put Block List, copy destinations
};

/// What the conditions are held against.
struct State {
  ETag etag;
  Timestamp last_modified;
};

/// How the conditions turned out.
enum class Verdict : std::uint8_t {
  Proceed,
  NotModified,
  ConditionNotMet,
  UnsatisfiableCondition,
  AlreadyExists,
  MultipleConditionHeaders,
};

/// Judges all conditions against the current state, or against absence. Times compare to the second.
Verdict judge(const Conditions& conditions, Guarded operation, const std::optional<State>& state);

/// Success for Proceed, else the error that the wire knows. AlreadyExists is BlobAlreadyExists.
Result<void> to_result(Verdict verdict);

}  // namespace vitrine::blobs
