// What pages of other origins may ask, by the account's CORS rules. The first rule that fits counts.
// Source: Azure Storage REST, "CORS support", "Preflight Blob Request"; the Fetch standard, "CORS protocol".
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "blobs/service_properties.h"
#include "http/message.h"

namespace vitrine::azure::blob {

/// What a browser asks before it sends a request for a page.
struct PreflightQuestion {
  std::string_view origin;
  std::string_view method;
  std::vector<std::string_view> headers;  ///< names
  std::string_view header_list;           ///< the same as they were sent; may be empty
};
/// A view of the headers. Every text can be repeated in an answer's. Errors: InvalidHeaderValue, also when
/// Origin or Access-Control-Request-Method is missing.
Result<PreflightQuestion> parse_preflight(const http::Headers& headers);

/// The first rule that allows all of it; null when there is none.
const blobs::CorsRule* find_rule(std::span<const blobs::CorsRule> rules, const PreflightQuestion& question);

/// What a browser is told that may go on.
http::Response preflight_answer(const blobs::CorsRule& rule, const PreflightQuestion& question);

/// Adds to the answer of a request that came with an Origin what the page may see of it.
void add_cors(http::Headers& answer, std::span<const blobs::CorsRule> rules, std::string_view origin,
              std::string_view method);

}  // namespace vitrine::azure::blob
