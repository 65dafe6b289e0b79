#include "azure/blob/operation_table.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "azure/blob/handlers.h"

namespace vitrine::azure::blob {
namespace {

using enum http::Method;
using enum Scope;
using identity::RequiredAccess;
using Place = Mark::Place;
namespace h = handlers;

constexpr Mark header(std::string_view name, std::string_view value = "") {
  return {Place::Header, name, value};
}
constexpr Mark parameter(std::string_view name) {
  return {Place::Parameter, name, ""};
}
constexpr Mark lease(std::string_view action) {
  return header("x-ms-lease-action", action);
}
constexpr Mark type(std::string_view type) {
  return header("x-ms-blob-type", type);
}
constexpr Mark kSource = header("x-ms-copy-source");

// Letters of sp and srt, "Create an account SAS", section "Account SAS permissions by operation". A service
// SAS has the same letters and does what is about blobs ("Create a service SAS", section "Permissions for a
// directory, container, or blob"), but nothing with a container itself. Anybody
// reads what is public ("Set Container ACL").
constexpr std::string_view kAnyLetter = "rwdxylacuptfi";
constexpr RequiredAccess with_service_sas(std::string_view permission, std::string_view resource_type) {
  return {permission, resource_type, true};
}
constexpr RequiredAccess also_by_anybody(RequiredAccess access) {
  access.by_anybody = true;
  return access;
}
constexpr RequiredAccess kAnyAccess = with_service_sas(kAnyLetter, "sco"), kNoSas{"", "sco"},
                         kTokenOnly{"", "s", false, false, false, true},
                         kNobodys = also_by_anybody(kAnyAccess);
constexpr RequiredAccess kServiceList{"l", "s"}, kServiceRead{"r", "s"},
    kServiceWrite{"w", "s", false, false, true}, kFind = with_service_sas("f", "sco");
constexpr RequiredAccess kConCreate{"cw", "c"}, kConRead = also_by_anybody({"r", "c"}), kConWrite{"w", "c"},
                                                kConDelete{"d", "c"}, kConBreak{"wd", "c"},
                                                kConList = also_by_anybody(with_service_sas("l", "c"));
constexpr RequiredAccess kRead = also_by_anybody(with_service_sas("r", "o")),
                         kWrite = with_service_sas("w", "o"), kCreate = with_service_sas("cw", "o"),
                         kAppend = with_service_sas("aw", "o"), kBreak = with_service_sas("wd", "o"),
                         kDelete = with_service_sas("dx", "o"), kTags = with_service_sas("t", "o"),
                         kImmutable = with_service_sas("i", "o");

constexpr bool kOfSnapshots = true;

// A row a line: the table is read as one.
// clang-format off
constexpr Operation kOperations[] = {
    {"service.list-containers", Service, Get, "", "list", {}, kServiceList, h::list_containers},
    {"service.get-properties", Service, Get, "service", "properties", {}, kServiceRead, h::get_service_properties},
    {"service.set-properties", Service, Put, "service", "properties", {}, kServiceWrite, h::set_service_properties},
    {"service.get-stats", Service, Get, "service", "stats", {}, kServiceRead, h::get_service_statistics},
    {"service.get-user-delegation-key", Service, Post, "service", "userdelegationkey", {}, kTokenOnly, h::get_user_delegation_key},
    {"service.get-account-information", Service, Get, "account", "properties", {}, kAnyAccess, h::get_account_information},
    {"service.get-account-information", Service, Head, "account", "properties", {}, kAnyAccess, h::get_account_information},
    {"service.find-blobs", Service, Get, "", "blobs", {}, kFind, h::find_blobs},
    {"service.batch", Service, Post, "", "batch", {}, kAnyAccess, h::send_batch},
    // The JavaScript client takes the account of a path-style address for a container.
    {"service.batch", Service, Post, "container", "batch", {}, kAnyAccess, h::send_batch},

    {"container.create", Container, Put, "container", "", {}, kConCreate, h::create_container},
    {"container.get-properties", Container, Get, "container", "", {}, kConRead, h::get_container_properties},
    {"container.get-properties", Container, Head, "container", "", {}, kConRead, h::get_container_properties},
    {"container.get-metadata", Container, Get, "container", "metadata", {}, kConRead, h::get_container_metadata},
    {"container.get-metadata", Container, Head, "container", "metadata", {}, kConRead, h::get_container_metadata},
    {"container.set-metadata", Container, Put, "container", "metadata", {}, kConWrite, h::set_container_metadata},
    {"container.get-acl", Container, Get, "container", "acl", {}, kNoSas, h::get_container_acl},
    {"container.get-acl", Container, Head, "container", "acl", {}, kNoSas, h::get_container_acl},
    {"container.set-acl", Container, Put, "container", "acl", {}, kNoSas, h::set_container_acl},
    {"container.acquire-lease", Container, Put, "container", "lease", {lease("acquire")}, kConWrite, h::acquire_container_lease},
    {"container.renew-lease", Container, Put, "container", "lease", {lease("renew")}, kConWrite, h::renew_container_lease},
    {"container.change-lease", Container, Put, "container", "lease", {lease("change")}, kConWrite, h::change_container_lease},
    {"container.release-lease", Container, Put, "container", "lease", {lease("release")}, kConWrite, h::release_container_lease},
    {"container.break-lease", Container, Put, "container", "lease", {lease("break")}, kConBreak, h::break_container_lease},
    {"container.delete", Container, Delete, "container", "", {}, kConDelete, h::delete_container},
    {"container.restore", Container, Put, "container", "undelete", {}, kConWrite, h::restore_container},
    {"container.rename", Container, Put, "container", "rename", {}, kConWrite},
    {"container.list-blobs", Container, Get, "container", "list", {}, kConList, h::list_blobs},
    {"container.find-blobs", Container, Get, "container", "blobs", {}, kFind, h::find_blobs},
    {"container.batch", Container, Post, "container", "batch", {}, kAnyAccess, h::send_batch},
    {"container.get-account-information", Container, Get, "account", "properties", {}, kAnyAccess, h::get_account_information},
    {"container.get-account-information", Container, Head, "account", "properties", {}, kAnyAccess, h::get_account_information},

    {"blob.get", Blob, Get, "", "", {}, kRead, h::get_blob, kOfSnapshots},
    {"blob.get-properties", Blob, Head, "", "", {}, kRead, h::get_blob_properties, kOfSnapshots},
    {"blob.put", Blob, Put, "", "", {type("BlockBlob")}, kCreate, h::put_blob},
    {"blob.put-from-url", Blob, Put, "", "", {type("BlockBlob"), kSource}, kCreate, h::put_blob_from_url},
    {"blob.set-properties", Blob, Put, "", "properties", {}, kWrite, h::set_blob_properties},
    {"blob.get-metadata", Blob, Get, "", "metadata", {}, kRead, h::get_blob_metadata, kOfSnapshots},
    {"blob.get-metadata", Blob, Head, "", "metadata", {}, kRead, h::get_blob_metadata, kOfSnapshots},
    {"blob.set-metadata", Blob, Put, "", "metadata", {}, kWrite, h::set_blob_metadata},
    {"blob.get-tags", Blob, Get, "", "tags", {}, kTags, h::get_blob_tags, kOfSnapshots},
    {"blob.set-tags", Blob, Put, "", "tags", {}, kTags, h::set_blob_tags, kOfSnapshots},
    {"blob.acquire-lease", Blob, Put, "", "lease", {lease("acquire")}, kWrite, h::acquire_blob_lease},
    {"blob.renew-lease", Blob, Put, "", "lease", {lease("renew")}, kWrite, h::renew_blob_lease},
    {"blob.change-lease", Blob, Put, "", "lease", {lease("change")}, kWrite, h::change_blob_lease},
    {"blob.release-lease", Blob, Put, "", "lease", {lease("release")}, kWrite, h::release_blob_lease},
    {"blob.break-lease", Blob, Put, "", "lease", {lease("break")}, kBreak, h::break_blob_lease},
    {"blob.snapshot", Blob, Put, "", "snapshot", {}, kCreate, h::take_snapshot},
    {"blob.copy", Blob, Put, "", "", {kSource}, kCreate, h::copy_blob},
    {"blob.copy-from-url", Blob, Put, "", "", {kSource, header("x-ms-requires-sync", "true")}, kCreate, h::copy_blob_from_url},
    {"blob.abort-copy", Blob, Put, "", "copy", {header("x-ms-copy-action", "abort")}, kWrite, h::abort_copy},
    {"blob.delete", Blob, Delete, "", "", {}, kDelete, h::delete_blob, kOfSnapshots},
    {"blob.undelete", Blob, Put, "", "undelete", {}, kWrite, h::undelete_blob},
    {"blob.set-tier", Blob, Put, "", "tier", {}, kWrite, h::set_blob_tier, kOfSnapshots},
    {"blob.set-expiry", Blob, Put, "", "expiry", {}, kWrite, h::set_blob_expiry},
    {"blob.set-immutability-policy", Blob, Put, "", "immutabilityPolicies", {}, kImmutable, h::set_blob_immutability_policy, kOfSnapshots},
    {"blob.delete-immutability-policy", Blob, Delete, "", "immutabilityPolicies", {}, kImmutable, h::delete_blob_immutability_policy, kOfSnapshots},
    {"blob.set-legal-hold", Blob, Put, "", "legalhold", {}, kImmutable, h::set_blob_legal_hold, kOfSnapshots},
    {"blob.query", Blob, Post, "", "query", {}, kRead},
    {"blob.get-account-information", Blob, Get, "account", "properties", {}, kAnyAccess, h::get_account_information},
    {"blob.get-account-information", Blob, Head, "account", "properties", {}, kAnyAccess, h::get_account_information},

    {"blob.put-block", Blob, Put, "", "block", {}, kWrite, h::put_block},
    {"blob.put-block-from-url", Blob, Put, "", "block", {kSource}, kWrite, h::put_block_from_url},
    {"blob.put-block-list", Blob, Put, "", "blocklist", {}, kWrite, h::put_block_list},
    {"blob.get-block-list", Blob, Get, "", "blocklist", {}, kRead, h::get_block_list, kOfSnapshots},

    {"append.create", Blob, Put, "", "", {type("AppendBlob")}, kCreate, h::create_append_blob},
    {"append.append-block", Blob, Put, "", "appendblock", {}, kAppend, h::append_block},
    {"append.append-block-from-url", Blob, Put, "", "appendblock", {kSource}, kAppend, h::append_block_from_url},
    {"append.seal", Blob, Put, "", "seal", {}, kAppend, h::seal_append_blob},

    {"page.create", Blob, Put, "", "", {type("PageBlob")}, kCreate, h::create_page_blob},
    {"page.put", Blob, Put, "", "page", {header("x-ms-page-write", "update")}, kWrite, h::put_pages},
    {"page.put-from-url", Blob, Put, "", "page", {header("x-ms-page-write", "update"), kSource}, kWrite, h::put_pages_from_url},
    {"page.clear", Blob, Put, "", "page", {header("x-ms-page-write", "clear")}, kWrite, h::clear_pages},
    {"page.get-ranges", Blob, Get, "", "pagelist", {}, kRead, h::get_page_ranges, kOfSnapshots},
    {"page.get-ranges-diff", Blob, Get, "", "pagelist", {parameter("prevsnapshot")}, kRead, h::get_page_differences, kOfSnapshots},
    {"page.get-ranges-diff", Blob, Get, "", "pagelist", {header("x-ms-previous-snapshot-url")}, kRead, h::get_page_differences, kOfSnapshots},
    {"page.incremental-copy", Blob, Put, "", "incrementalcopy", {}, kCreate},

    {"service.preflight", Service, Options, "", "", {}, kNobodys, h::preflight},
    {"container.preflight", Container, Options, "", "", {}, kNobodys, h::preflight},
    {"blob.preflight", Blob, Options, "", "", {}, kNobodys, h::preflight},
};
// clang-format on

/// What the request says in the mark's place.
std::optional<std::string_view> value_of(const Mark& mark, const OperationClues& clues) {
  return mark.place == Place::Header ? clues.headers.get(mark.name) : clues.target.parameter(mark.name);
}

bool bears(const OperationClues& clues, const Mark& mark) {
  if (mark.place == Place::None) return true;
  auto value = value_of(mark, clues);
  return value && (mark.value.empty() || http::equal_ignoring_case(*value, mark.value));
}

bool bears_all(const OperationClues& clues, const Operation& operation) {
  return bears(clues, operation.marks[0]) && bears(clues, operation.marks[1]);
}

std::size_t mark_count(const Operation& operation) {
  return (operation.marks[0].place != Place::None) + (operation.marks[1].place != Place::None);
}

/// The rows of one scope, restype and comp, and of them the ones of the request's method.
struct Candidates {
  std::vector<const Operation*> of_method;
  bool any_method = false;
};

Candidates candidates(Scope scope, const OperationClues& clues) {
  // A preflight asks about the operation that will follow, whose parameters it repeats.
  bool preflight = clues.method == Options;
  auto restype = clues.target.parameter("restype").value_or("");
  auto comp = clues.target.parameter("comp").value_or("");
  Candidates found;
  for (const auto& operation : kOperations) {
    if (operation.scope != scope) continue;
    bool is_preflight = operation.method == Options;
    bool same_kind = is_preflight ? preflight
                                  : !preflight && http::equal_ignoring_case(operation.restype, restype) &&
                                        http::equal_ignoring_case(operation.comp, comp);
    if (!same_kind) continue;
    found.any_method = true;
    if (operation.method == clues.method) found.of_method.push_back(&operation);
  }
  return found;
}

/// Why none of the candidates fits: the first one's mark is missing, or has a value that none of them has.
std::unexpected<Error> unmarked(const Operation& nearest, const OperationClues& clues) {
  const auto& mark = nearest.marks[0];
  if (value_of(mark, clues))
    return fail(Code::InvalidHeaderValue, fmt::format("The value of the header {} is not valid.", mark.name));
  return fail(Code::MissingRequiredHeader, fmt::format("The request needs the header {}.", mark.name));
}

}  // namespace

Scope scope_of(const Address& address) {
  if (address.blob) return Blob;
  return address.container ? Container : Service;
}

std::span<const Operation> all_operations() {
  return kOperations;
}

Result<const Operation*> find_operation(Scope scope, const OperationClues& clues) {
  auto [of_method, any_method] = candidates(scope, clues);
  if (!any_method)
    return fail(Code::InvalidQueryParameterValue,
                "No operation has this combination of address and the parameters restype and comp.");
  if (of_method.empty())
    return fail(Code::UnsupportedHttpVerb, "The operation that the address names does not have this method.");
  const Operation* best = nullptr;
  bool mixed = false;
  for (const auto* operation : of_method) {
    if (!bears_all(clues, *operation)) continue;
    auto marks = mark_count(*operation), most = best ? mark_count(*best) : 0;
    if (best && marks < most) continue;
    mixed = best && marks == most && operation->name != best->name;
    best = operation;
  }
  if (!best) return unmarked(*of_method.front(), clues);
  if (mixed) return fail(Code::InvalidHeaderValue, "The request mixes the headers of different operations.");
  return best;
}

Error not_offered(const Operation& operation) {
  return {Code::NotImplemented,
          fmt::format("The operation '{}' is not offered by this server.", operation.name),
          {}};
}

}  // namespace vitrine::azure::blob
