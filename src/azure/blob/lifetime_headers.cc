#include "azure/blob/lifetime_headers.h"

#include <fmt/format.h>

#include <charconv>

#include "azure/blob/request_headers.h"

namespace vitrine::azure::blob {
namespace {

constexpr std::string_view kExpiryOption = "x-ms-expiry-option";
using Option = blobs::AskedExpiry::Option;

struct OptionName {
  std::string_view text;
  Option option;
};
constexpr OptionName kOptions[] = {{"NeverExpire", Option::Never},
                                   {"RelativeToCreation", Option::RelativeToCreation},
                                   {"RelativeToNow", Option::RelativeToNow},
                                   {"Absolute", Option::Absolute}};

std::unexpected<Error> missing(std::string_view header) {
  return fail(Code::MissingRequiredHeader, fmt::format("The request needs the header {}.", header));
}

Result<Timestamp> parse_date(std::string_view text, std::string_view header) {
  if (auto time = parse_http_date(text)) return time;
  return fail(Code::InvalidHeaderValue,
              fmt::format("The header {} is not a date such as 'Sun, 06 Nov 2033 08:49:37 GMT'.", header));
}

Result<blobs::PolicyMode> parse_mode(std::string_view text) {
  if (http::equal_ignoring_case(text, "unlocked")) return blobs::PolicyMode::Unlocked;
  if (http::equal_ignoring_case(text, "locked")) return blobs::PolicyMode::Locked;
  return fail(Code::InvalidHeaderValue,
              fmt::format("The header {} is neither Unlocked nor Locked.", kPolicyMode));
}

Result<Option> parse_option(std::string_view text) {
  for (const auto& each : kOptions)
    if (http::equal_ignoring_case(text, each.text)) return each.option;
  return fail(
      Code::InvalidHeaderValue,
      fmt::format("The header {} is none of NeverExpire, RelativeToCreation, RelativeToNow and Absolute.",
                  kExpiryOption));
}

}  // namespace

Result<std::optional<blobs::ImmutabilityPolicy>> parse_policy(const http::Headers& headers) {
  const auto until = headers.get(kPolicyUntil).value_or(""), mode = headers.get(kPolicyMode).value_or("");
  if (until.empty() && mode.empty()) return std::nullopt;
  if (until.empty()) return missing(kPolicyUntil);
  blobs::ImmutabilityPolicy policy{.until = TRY(parse_date(until, kPolicyUntil))};
  if (!mode.empty()) policy.mode = TRY(parse_mode(mode));
  return policy;
}

Result<blobs::AskedExpiry> parse_expiry(const http::Headers& headers) {
  const auto option = headers.get(kExpiryOption).value_or(""), time = headers.get(kExpiryTime).value_or("");
  if (option.empty() && time.empty()) return blobs::AskedExpiry();
  if (option.empty()) return missing(kExpiryOption);
  blobs::AskedExpiry asked{.option = TRY(parse_option(option)), .after = {}, .at = {}};
  if (asked.option == Option::Never) return asked;
  if (time.empty()) return missing(kExpiryTime);
  if (asked.option == Option::Absolute) {
    asked.at = TRY(parse_date(time, kExpiryTime));
    return asked;
  }
  std::int64_t milliseconds = 0;
  const auto [end, problem] = std::from_chars(time.data(), time.data() + time.size(), milliseconds);
  if (problem != std::errc() || end != time.data() + time.size() || milliseconds < 0)
    return fail(Code::InvalidHeaderValue,
                fmt::format("The header {} is not a number of milliseconds.", kExpiryTime));
  asked.after = std::chrono::milliseconds(milliseconds);
  return asked;
}

Result<blobs::Lifetime> parse_lifetime(const http::Headers& headers) {
  return blobs::Lifetime{.protection = {.policy = TRY(parse_policy(headers)),
                                        .legal_hold = TRY(parse_flag(headers, kLegalHold))},
                         .expiry = TRY(parse_expiry(headers))};
}

std::string_view word_of(blobs::PolicyMode mode) {
  return mode == blobs::PolicyMode::Locked ? "locked" : "unlocked";
}

void add_lifetime(http::Headers& headers, const blobs::Attributes& attributes) {
  if (const auto policy = told<blobs::ImmutabilityPolicy>(attributes)) {
    headers.add(kPolicyUntil, to_http_date(policy->until));
    headers.add(kPolicyMode, word_of(policy->mode));
  }
  if (attributes.contains(blobs::LegalHold::kAttribute)) headers.add(kLegalHold, "true");
  if (const auto expiry = told<blobs::Expiry>(attributes)) headers.add(kExpiryTime, to_http_date(expiry->at));
}

}  // namespace vitrine::azure::blob
