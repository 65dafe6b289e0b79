#include "identity/token.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "base/encoding.h"

namespace vitrine::identity {
namespace {

namespace json = boost::json;

/// Times beyond it are no times: the year 9999.
constexpr double kMostSeconds = 253'402'300'799;

/// What may stand in records and logs.
bool is_name(std::string_view text) {
  constexpr std::size_t kLongest = 256;
  return text.size() <= kLongest &&
         std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

Result<json::object> parse_part(std::string_view part, std::string_view name) {
  const auto bytes = from_base64url(part);
  boost::system::error_code error;
  if (bytes) {
    auto value = json::parse(as_text(*bytes), error);
    if (!error && value.is_object()) return std::move(value.as_object());
  }
  return refuse_token(fmt::format("has a malformed {}", name));
}

/// A member that is a text; empty when absent. Errors: InvalidAuthenticationInfo for another kind of value.
Result<std::string> text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (!value) return std::string();
  if (!value->is_string()) return refuse_token(fmt::format("has a claim '{}' that is no text", name));
  return std::string(value->as_string());
}

/// NumericDate (RFC 7519 §2).
Result<std::optional<Timestamp>> time_of(const json::object& claims, std::string_view name) {
  const auto* value = claims.if_contains(name);
  if (!value) return std::optional<Timestamp>();
  boost::system::error_code error;
  const auto seconds = value->is_number() ? value->to_number<double>(error) : -1;
  if (error || !(seconds >= 0 && seconds <= kMostSeconds))
    return refuse_token(fmt::format("has a claim '{}' that is no time", name));
  return std::optional(from_micros(std::llround(seconds * 1e6)));
}

Result<std::vector<std::string>> audiences_of(const json::object& claims) {
  const auto* value = claims.if_contains("aud");
  if (value && value->is_array()) {
    std::vector<std::string> audiences;
    for (const auto& each : value->as_array()) {
      if (!each.is_string()) return refuse_token("has an audience that is no text");
      audiences.emplace_back(each.as_string());
    }
    return audiences;
  }
  return std::vector{TRY(text_of(claims, "aud"))};
}

Result<Claims> read_claims(const json::object& object) {
  Claims claims;
  claims.issuer = TRY(text_of(object, "iss"));
  claims.audiences = TRY(audiences_of(object));
  claims.subject = TRY(text_of(object, "sub"));
  claims.object_id = TRY(text_of(object, "oid"));
  claims.tenant = TRY(text_of(object, "tid"));
  const auto expiry = TRY(time_of(object, "exp"));
  claims.not_before = TRY(time_of(object, "nbf"));
  for (auto text : {&Claims::subject, &Claims::object_id, &Claims::tenant})
    if (!is_name(claims.*text)) return refuse_token("names its holder by what is no name");
  if (claims.holder().empty()) return refuse_token("does not say whose it is (sub or oid)");
  if (!expiry) return refuse_token("does not say until when it holds (exp)");
  claims.expiry = *expiry;
  return claims;
}

Result<crypto::JwsAlgorithm> algorithm_of(const json::object& header) {
  if (header.contains("crit")) return refuse_token("has critical headers, which are not understood here");
  const auto name = TRY(text_of(header, "alg"));
  if (const auto algorithm = crypto::jws_algorithm(name)) return *algorithm;
  return refuse_token("is not signed by RS256, PS256 or ES256");
}

}  // namespace

std::unexpected<Error> refuse_token(std::string_view what) {
  return fail(Code::InvalidAuthenticationInfo, fmt::format("The bearer token {}.", what));
}

Result<Bytes> from_base64url(std::string_view text) {
  std::string plain(text);
  if (plain.find_first_of("+/=") != std::string::npos)
    return fail(Code::InvalidInput, "The text is not base64url.");
  std::ranges::replace(plain, '-', '+');
  std::ranges::replace(plain, '_', '/');
  plain.append((4 - plain.size() % 4) % 4, '=');
  return from_base64(plain);
}

Result<UnverifiedToken> parse_token(std::string_view token) {
  if (token.size() > kLongestToken) return refuse_token("is too long");
  const auto first = token.find('.'), second = token.find('.', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos)
    return refuse_token("has not the three parts of a JSON web token");
  const auto header = TRY(parse_part(token.substr(0, first), "header"));
  const auto algorithm = TRY(algorithm_of(header));
  auto key_id = TRY(text_of(header, "kid"));
  auto claims =
      TRY(read_claims(TRY(parse_part(token.substr(first + 1, second - first - 1), "set of claims"))));
  auto signature = from_base64url(token.substr(second + 1));
  if (!signature || signature->empty()) return refuse_token("has a malformed signature");
  return UnverifiedToken{algorithm, std::move(key_id), token.substr(0, second), std::move(*signature),
                         std::move(claims)};
}

}  // namespace vitrine::identity
