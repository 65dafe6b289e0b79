#include "azure/blob/api_version.h"

#include <algorithm>

namespace vitrine::azure::blob {
namespace {

constexpr std::string_view kHeader = "x-ms-version";
constexpr std::string_view kForm = "dddd-dd-dd";

bool is_date(std::string_view text) {
  return std::ranges::equal(text, kForm,
                            [](char c, char form) { return form == 'd' ? c >= '0' && c <= '9' : c == form; });
}

}  // namespace

Result<void> check_version(const http::Headers& headers) {
  auto version = headers.get(kHeader);
  if (!version || is_date(*version)) return {};
  return fail(Code::InvalidHeaderValue, "The header x-ms-version is not a date such as 2026-10-06.");
}

std::string_view version_to_answer(const http::Headers& headers) {
  auto version = headers.get(kHeader);
  return version && is_date(*version) ? *version : kNewestVersion;
}

}  // namespace vitrine::azure::blob
