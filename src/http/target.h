// The request target: what the request line names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace vitrine::http {

/// Percent-decoded on both sides; '+' stays '+', as Azure reads it.
struct QueryParameter {
  std::string name;
  std::string value;
};

/// A request target as sent and as understood. Neither the decoded path nor a decoded query parameter
/// holds NUL, CR or LF; other control characters are legal in names, if percent-encoded.
struct Target {
  std::string raw;                    ///< as in the request line
  std::string host;                   ///< the authority of an absolute-form target; empty in origin-form
  std::string raw_path;               ///< still percent-encoded, from the first '/', without the query
  std::string path;                   ///< percent-decoded
  std::string raw_query;              ///< after the '?', still percent-encoded
  std::vector<QueryParameter> query;  ///< in the order sent; repeats are kept

  /// Accepts origin-form ("/path?query") and absolute-form ("http://host/path?query"), RFC 9112 §3.2.
  /// Errors: RequestUrlFailedToParse for any other form, a bad percent escape, a fragment, a space, a bare
  /// control character or an encoded NUL, CR or LF.
  static Result<Target> parse(std::string_view raw);

  /// The first value of that parameter; names compare without case, as Azure's do.
  [[nodiscard]] std::optional<std::string_view> parameter(std::string_view name) const;
  /// A name that stands there more than once, compared in the same way.
  [[nodiscard]] std::optional<std::string_view> repeated_parameter() const;
};

/// Errors: RequestUrlFailedToParse for a bad escape, a bare control character or an encoded NUL, CR or LF.
Result<std::string> percent_decode(std::string_view encoded);

}  // namespace vitrine::http
