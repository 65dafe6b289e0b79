#include "azure/blob/static_site.h"

#include <algorithm>
#include <vector>

#include "azure/blob/client_class.h"
#include "azure/blob/wire_error.h"
#include "operations/service_properties.h"

namespace vitrine::azure::blob {
namespace {

std::string_view without_port(std::string_view host) {
  return host.substr(0, host.find(':'));
}

/// Headers that a client of the service sends and a visitor cannot.
constexpr std::string_view kNotForVisitors[] = {"x-ms-if-tags",
                                                "x-ms-lease-id",
                                                "x-ms-range",
                                                "x-ms-range-get-content-md5",
                                                "x-ms-range-get-content-crc64",
                                                "x-ms-encryption-key",
                                                "x-ms-encryption-key-sha256",
                                                "x-ms-encryption-algorithm"};

/// Nor do these count of the document for what is not there: it is told whole.
constexpr std::string_view kNotForMissing[] = {"range", "if-match", "if-none-match", "if-modified-since",
                                               "if-unmodified-since"};

/// Names in $web, the first that is there counts; the last is for what is not there, if there is one.
std::vector<std::string> candidates(std::string_view path, const blobs::StaticWebsite& site) {
  std::vector<std::string> names;
  std::string name(path.substr(std::min<std::size_t>(path.size(), 1)));
  const bool is_folder = name.empty() || name.ends_with('/');
  if (!is_folder) names.push_back(name);
  if (!site.index_document.empty()) names.push_back(name + (is_folder ? "" : "/") + site.index_document);
  if (!site.default_index_document.empty()) names.push_back(site.default_index_document);
  return names;
}

Result<bool> is_there(const operations::Floors& floors, const operations::BlobRef& ref) {
  return TRY(operations::look_up(floors, ref)).head != nullptr;
}

struct Choice {
  blobs::BlobName name;
  bool stands_for_missing = false;
};

/// Errors: BlobNotFound.
Result<Choice> choose(const operations::Floors& floors, const identity::AccountName& account,
                      const blobs::ContainerName& web, std::string_view path,
                      const blobs::StaticWebsite& site) {
  for (const auto& text : candidates(path, site)) {
    const auto name = blobs::BlobName::parse(text);
    if (name && TRY(is_there(floors, {account, web, *name}))) return Choice{*name};
  }
  const auto missing = blobs::BlobName::parse(site.error_document);
  if (missing && TRY(is_there(floors, {account, web, *missing}))) return Choice{*missing, true};
  // What was asked for: that it is not there is decided, and put on record, like any read.
  for (const auto& text : candidates(path, site))
    if (const auto name = blobs::BlobName::parse(text)) return Choice{*name};
  return fail(Code::BlobNotFound, "The site has no such document.");
}

Result<const Operation*> reading(http::Method method) {
  const http::Target plain;
  const http::Headers none;
  return find_operation(Scope::Blob, {method, plain, none});
}

}  // namespace

bool is_for_site(std::string_view host) {
  return without_port(host).ends_with(kSiteHostSuffix);
}

Result<SiteDocument> admit_visitor(const operations::Floors& floors, const Doors& doors,
                                   http::Request& request, const Arrival& arrival) {
  const auto ring = doors.accounts.find(account_named(request.target, host_of(request)));
  if (!ring) return fail(Code::AccountNotFound, "There is no such site on this server.");
  if (request.method != http::Method::Get && request.method != http::Method::Head)
    return fail(Code::UnsupportedHttpVerb, "A site is for reading.");
  const auto& account = ring->account();
  const auto found = TRY(operations::look_up_service_properties(floors, account.name));
  const auto& site = found.properties.static_website;
  if (!site.enabled) return fail(Code::BlobNotFound, "There is no such site on this server.");
  auto web = TRY(blobs::ContainerName::parse(blobs::kWebContainer));
  auto choice = TRY(choose(floors, account.name, web, request.target.path, site));
  for (const auto header : kNotForVisitors) request.headers.remove(header);
  if (choice.stands_for_missing)
    for (const auto header : kNotForMissing) request.headers.remove(header);
  request.target.query.clear();
  policy::Exchange exchange{
      .principal = identity::Principal::of_anybody(account, TRY(identity::PurposeId::parse(site.purpose)),
                                                   false, request.peer_address),
      .purpose = site.purpose,
      .slot = account.records().stream,
      .journal = account.records().journal,
      .request_id = arrival.request_id,
      .client_class = std::string(client_class(request.headers)),
      .received = arrival.time,
      .receipt = {}};
  Address address{account.name, false, std::move(web), std::move(choice.name)};
  return SiteDocument{
      Admitted{TRY(reading(request.method)), {request, floors, std::move(address), std::move(exchange)}},
      choice.stands_for_missing};
}

http::Response answer_without_document(const Error& error, http::Method method, const Arrival& arrival) {
  const AnswerLabel label{arrival.request_id, arrival.time};
  switch (error.code) {
    case Code::AccountNotFound:
    case Code::ContainerNotFound:
    case Code::BlobNotFound:
      break;
    default:
      return error_answer(error, method, label);
  }
  auto response = refusal(404, "WebContentNotFound", "The requested content does not exist.", label);
  if (method == http::Method::Head) response.body.clear();
  return response;
}

}  // namespace vitrine::azure::blob
