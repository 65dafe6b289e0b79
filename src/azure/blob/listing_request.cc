#include "azure/blob/listing_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>

namespace vitrine::azure::blob {
namespace {

/// One value of the parameter include, and what it switches on; nothing for what this server never has.
struct Include {
  std::string_view name;
  void (*apply)(AskedListing&);
};

constexpr Include kContainerIncludes[] = {
    {"metadata", [](AskedListing& asked) { asked.request.include_metadata = true; }},
    {"deleted", [](AskedListing& asked) { asked.also.deleted = true; }},
    {"system", nullptr},
};

constexpr Include kBlobIncludes[] = {
    {"metadata", [](AskedListing& asked) { asked.request.include_metadata = true; }},
    {"uncommittedblobs", [](AskedListing& asked) { asked.include_uncommitted = true; }},
    {"snapshots", [](AskedListing& asked) { asked.also.snapshots = true; }},
    {"copy", [](AskedListing& asked) { asked.request.include_copy = true; }},
    {"deleted", [](AskedListing& asked) { asked.also.deleted = true; }},
    {"deletedwithversions", [](AskedListing& asked) { asked.also.deleted_with_versions = true; }},
    {"versions", [](AskedListing& asked) { asked.also.versions = true; }},
    {"tags", [](AskedListing& asked) { asked.request.include_tags = true; }},
    {"immutabilitypolicy", [](AskedListing& asked) { asked.request.include_policy = true; }},
    {"legalhold", [](AskedListing& asked) { asked.request.include_legal_hold = true; }},
    {"permissions", nullptr},
};

Result<void> apply_includes(std::string_view list, std::span<const Include> known, AskedListing& asked) {
  while (!list.empty()) {
    auto name = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), name.size() + 1));
    if (name.empty()) continue;
    auto include = std::ranges::find_if(
        known, [&](const Include& candidate) { return http::equal_ignoring_case(candidate.name, name); });
    if (include == known.end())
      return fail(Code::InvalidQueryParameterValue,
                  fmt::format("The parameter include does not know '{:.64}' here.", name));
    if (include->apply) include->apply(asked);
  }
  return {};
}

Result<bool> parse_show_only(std::string_view text) {
  if (text.empty()) return false;
  if (http::equal_ignoring_case(text, "deleted")) return true;
  return fail(Code::InvalidQueryParameterValue, "The parameter showonly can only be deleted.");
}

}  // namespace

std::string service_endpoint(const http::Request& request, const Address& address) {
  auto host = request.target.host.empty() ? request.headers.get("Host").value_or("") : request.target.host;
  auto endpoint = fmt::format("{}://{}/", request.secure ? "https" : "http", host);
  if (host.substr(0, host.find(':')).ends_with(kAccountHostSuffix)) return endpoint;
  return endpoint + address.account.text() + (address.secondary ? "-secondary/" : "/");
}

Result<std::optional<std::size_t>> parse_max_results(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  std::size_t most = 0;
  auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), most);
  if (problem != std::errc() || end != text->data() + text->size())
    return fail(Code::InvalidQueryParameterValue, "The parameter maxresults is not a number.");
  if (most > 0) return most;
  return fail(Code::OutOfRangeQueryParameterValue, "The parameter maxresults must be above 0.");
}

Result<AskedListing> parse_listing(const http::Request& request, const Address& address) {
  const auto& target = request.target;
  AskedListing asked;
  asked.request.service_endpoint = service_endpoint(request, address);
  asked.request.prefix = target.parameter("prefix").value_or("");
  asked.request.marker = target.parameter("marker").value_or("");
  if (address.container) {
    asked.request.delimiter = target.parameter("delimiter").value_or("");
    asked.start_from = target.parameter("startfrom").value_or("");
    asked.end_before = target.parameter("endbefore").value_or("");
  }
  asked.request.most = TRY(parse_max_results(target.parameter("maxresults")));
  asked.most = std::min(asked.request.most.value_or(kMostListed), kMostListed);
  auto known = address.container ? std::span<const Include>(kBlobIncludes)
                                 : std::span<const Include>(kContainerIncludes);
  TRY(apply_includes(target.parameter("include").value_or(""), known, asked));
  asked.also.only_deleted = TRY(parse_show_only(target.parameter("showonly").value_or("")));
  return asked;
}

}  // namespace vitrine::azure::blob
