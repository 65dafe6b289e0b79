// Strict reading of a JSON document whose errors say where they are.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

#include "evidence/record.h"
#include "tlog/merkle.h"

namespace vitrine::evidence {

/// A value in a document and its JSON pointer (RFC 6901). The document must outlive it. All errors are
/// Corrupt.
class JsonNode {
 public:
  explicit JsonNode(const boost::json::value& root) : value_(&root) {}

  /// The member of an object, which must be there.
  [[nodiscard]] Result<JsonNode> at(std::string_view key) const;
  /// Whether this is an object with the member.
  [[nodiscard]] bool has(std::string_view key) const;

  [[nodiscard]] Result<std::string> text() const;
  /// Exactly this text.
  [[nodiscard]] Result<void> must_be(std::string_view expected) const;
  [[nodiscard]] Result<std::uint64_t> number() const;
  /// From base64.
  [[nodiscard]] Result<Bytes> bytes() const;
  /// From base64, 32 of them.
  [[nodiscard]] Result<Digest> bytes32() const;
  /// An array of at most 64 digests, which no tree exceeds.
  [[nodiscard]] Result<tlog::Proof> proof() const;

 private:
  JsonNode(const boost::json::value& value, std::string pointer)
      : value_(&value), pointer_(std::move(pointer)) {}
  [[nodiscard]] std::unexpected<Error> bad(std::string_view what) const;

  const boost::json::value* value_;
  std::string pointer_;
};

/// At most 1 MiB. Errors: Corrupt.
Result<boost::json::value> parse_json(std::string_view document);

/// A member's name as a step of a JSON pointer.
std::string pointer_step(std::string_view key);

}  // namespace vitrine::evidence
