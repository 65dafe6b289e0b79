#include "identity/shared_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/encoding.h"
#include "identity/canonical.h"

namespace vitrine::identity {
namespace {

constexpr std::string_view kFullPrefix = "SharedKey ";
constexpr std::string_view kLitePrefix = "SharedKeyLite ";
constexpr std::string_view kSecondarySuffix = "-secondary";
/// Until this version a zero length was signed as "0".
constexpr std::string_view kLastVersionSigningZero = "2014-02-14";

/// Bytes that a text to sign seldom goes beyond.
constexpr std::size_t kUsualText = 512;

constexpr std::string_view kFullLines[] = {
    "content-encoding",  "content-language", "content-length", "content-md5",         "content-type", "date",
    "if-modified-since", "if-match",         "if-none-match",  "if-unmodified-since", "range"};
constexpr std::string_view kLiteLines[] = {"content-md5", "content-type", "date"};

std::string_view signed_value(const SignedRequest& request, std::string_view name) {
  auto value = header_value(request.headers, name);
  if (name == "date" && !header_value(request.headers, "x-ms-date").empty()) return {};
  if (name == "content-length" && value == "0") {
    auto version = header_value(request.headers, "x-ms-version");
    if (version.empty() || version > kLastVersionSigningZero) return {};
  }
  return value;
}

std::string canonical_resource(const SignedRequest& request, SharedKeyScheme scheme, std::string_view account,
                               std::string_view raw_path) {
  auto resource = fmt::format("/{}{}", account, raw_path);
  if (scheme == SharedKeyScheme::Full) return resource + canonical_query(request.query);
  auto* comp = find_parameter(request.query, "comp");
  return comp ? fmt::format("{}?comp={}", resource, comp->value) : resource;
}

bool ordinal_before(std::string_view a, std::string_view b) {
  return a < b;
}

/// The path without "-secondary" behind its first segment; nothing when that segment has no such end.
std::optional<std::string> primary_path(std::string_view raw_path) {
  auto end = std::min(raw_path.find('/', 1), raw_path.size());
  auto segment = raw_path.substr(0, end);
  if (!segment.ends_with(kSecondarySuffix)) return std::nullopt;
  segment.remove_suffix(kSecondarySuffix.size());
  return std::string(segment).append(raw_path.substr(end));
}

/// A header that is signed once and sent twice would let an intermediary choose which one counts.
Result<void> refuse_repeated_headers(std::span<const NameValue> headers) {
  for (std::size_t i = 0; i < headers.size(); ++i) {
    const auto repeated = std::ranges::any_of(
        headers.subspan(i + 1), [&](const auto& other) { return is_same_name(other.name, headers[i].name); });
    if (!repeated) continue;
    const auto name = to_lower(headers[i].name);
    if (name.starts_with("x-ms-") || std::ranges::count(kFullLines, name) > 0)
      return fail(Code::InvalidHeaderValue, fmt::format("The header '{}' may be sent only once.", name));
  }
  return {};
}

Result<void> check_date(const SignedRequest& request, Timestamp now) {
  auto text = header_value(request.headers, "x-ms-date");
  if (text.empty()) text = header_value(request.headers, "date");
  auto date = parse_http_date(text);
  if (!date)
    return fail(Code::AuthenticationFailed,
                "A signed request needs the header x-ms-date or Date with the time of signing, such as "
                "'Sun, 22 Nov 2026 10:30:00 GMT'.");
  if (*date >= now - kAllowedClockSkew && *date <= now + kAllowedClockSkew) return {};
  return fail(
      Code::AuthenticationFailed,
      fmt::format("The request is dated {} and the server's clock says {}; they may differ by {} minutes. "
                  "Set the client's clock.",
                  to_http_date(*date), to_http_date(now), kAllowedClockSkew.count()));
}

const AccessKey* find_signer(const SignedRequest& request, const SharedKeyCredential& credential,
                             const KeyRing& keys) {
  auto tried = [&](std::string_view path) -> const AccessKey* {
    auto collated =
        string_to_sign(request, credential.scheme, credential.account, path, HeaderOrder::Collated);
    if (auto* signer = keys.find_signer(collated, credential.signature)) return signer;
    auto ordinal = string_to_sign(request, credential.scheme, credential.account, path, HeaderOrder::Ordinal);
    return ordinal == collated ? nullptr : keys.find_signer(ordinal, credential.signature);
  };
  if (auto* signer = tried(request.raw_path)) return signer;
  auto primary = primary_path(request.raw_path);
  return primary ? tried(*primary) : nullptr;
}

}  // namespace

bool is_shared_key(std::string_view authorization) {
  return authorization.starts_with(kFullPrefix) || authorization.starts_with(kLitePrefix);
}

Result<SharedKeyCredential> parse_shared_key(std::string_view authorization) {
  auto bad = [] {
    return fail(Code::InvalidAuthenticationInfo,
                "The Authorization header is malformed; it must read 'SharedKey account:signature' with a "
                "signature of 32 bytes in base64.");
  };
  auto scheme = authorization.starts_with(kLitePrefix) ? SharedKeyScheme::Lite : SharedKeyScheme::Full;
  if (!is_shared_key(authorization)) return bad();
  authorization.remove_prefix(scheme == SharedKeyScheme::Lite ? kLitePrefix.size() : kFullPrefix.size());
  auto colon = authorization.find(':');
  if (colon == std::string_view::npos) return bad();
  auto signature = from_base64(authorization.substr(colon + 1));
  SharedKeyCredential credential{scheme, authorization.substr(0, colon), {}};
  if (!signature || signature->size() != credential.signature.size()) return bad();
  std::ranges::copy(*signature, credential.signature.begin());
  return credential;
}

std::string string_to_sign(const SignedRequest& request, SharedKeyScheme scheme, std::string_view account,
                           std::string_view raw_path, HeaderOrder order) {
  std::string text;
  text.reserve(kUsualText);
  text.append(request.method).append("\n");
  auto lines = scheme == SharedKeyScheme::Full ? std::span<const std::string_view>(kFullLines)
                                               : std::span<const std::string_view>(kLiteLines);
  for (auto name : lines) text.append(signed_value(request, name)).append("\n");
  text +=
      canonical_headers(request.headers, order == HeaderOrder::Collated ? collates_before : ordinal_before);
  text += canonical_resource(request, scheme, account, raw_path);
  return text;
}

Result<const AccessKey*> verify_shared_key(const SignedRequest& request, const KeyRing& keys, Timestamp now) {
  auto credential = TRY(parse_shared_key(header_value(request.headers, "authorization")));
  if (credential.account != keys.account().name.text())
    return fail(
        Code::AuthenticationFailed,
        "The request is signed for another account than its address names; use one account for both.");
  TRY(refuse_repeated_headers(request.headers));
  TRY(check_date(request, now));
  if (auto* signer = find_signer(request, credential, keys)) return signer;
  return fail(
      Code::AuthenticationFailed,
      "Server failed to authenticate the request: its signature was made with none of the account's keys, "
      "or the request was changed on its way. Check the key, and any proxy in between.");
}

}  // namespace vitrine::identity
