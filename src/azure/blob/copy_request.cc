#include "azure/blob/copy_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "azure/blob/admission.h"
#include "azure/blob/page_request.h"
#include "azure/blob/request_body.h"
#include "azure/blob/request_headers.h"
#include "azure/blob/snapshot_request.h"
#include "azure/blob/xml_writer.h"
#include "base/cbor.h"

namespace vitrine::azure::blob {
namespace {

using identity::CredentialKind;
using identity::Principal;

constexpr std::string_view kSource = "x-ms-copy-source", kSourceToken = "x-ms-copy-source-authorization";
constexpr std::size_t kLongestSource = 8192;

struct HostAndPort {
  std::string_view name;
  unsigned port;
};

/// Names that mean this very machine are one.
std::optional<HostAndPort> parse_host(std::string_view host, bool secure) {
  unsigned port = secure ? 443 : 80;
  const auto bracket = host.rfind(']');
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || bracket < colon)) {
    const auto digits = host.substr(colon + 1);
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (problem != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    host = host.substr(0, colon);
  }
  constexpr std::string_view kThisMachine[] = {"localhost", "127.0.0.1", "[::1]"};
  const bool is_machine = std::ranges::any_of(
      kThisMachine, [&](std::string_view name) { return http::equal_ignoring_case(name, host); });
  if (is_machine || host.ends_with(kAccountHostSuffix)) host = kThisMachine[0];
  return HostAndPort{host, port};
}

/// Parameters that tell which state of the blob is meant; all others sign.
std::string told(const http::Target& target, std::string_view scheme) {
  auto text = fmt::format("{}://{}{}", scheme, target.host, target.raw_path);
  for (const auto* name : {"snapshot", "versionid"})
    if (const auto value = target.parameter(name); value && !value->empty())
      text += fmt::format("{}{}={}", text.contains('?') ? '&' : '?', name, *value);
  return text;
}

/// The request for the source as its reader would send it.
struct SourceRequest {
  NoContent body{};
  http::Request request{body};
};

void fill(http::Request& request, const Call& call, const SourceAddress& source) {
  request.method = http::Method::Get;
  request.method_text = "GET";
  request.target = source.target;
  request.headers.add("Host", source.target.host);
  request.peer_address = call.request.peer_address;
  request.peer_port = call.request.peer_port;
  request.secure = call.request.secure;
}

bool has_signature(const http::Target& target) {
  return target.parameter("sig").has_value();
}

/// By what the request itself was authenticated with: whoever could read the source with that may copy it.
Result<Principal> by_own_credential(const Call& call, const SourceAddress& source, const Address& address,
                                    const Authority& authority) {
  const auto& own = call.exchange.principal;
  if (own.credential == CredentialKind::AccountKey || own.credential == CredentialKind::AccountSas)
    return own;
  SourceRequest reading;
  fill(reading.request, call, source);
  reading.request.target.query = call.request.target.query;
  if (const auto token = call.headers().get("Authorization"))
    reading.request.headers.add("Authorization", *token);
  return authenticate(reading.request, address, authority);
}

const identity::RequiredAccess& access_to_read() {
  static const auto* reading = std::ranges::find(all_operations(), "blob.get", &Operation::name).base();
  return reading->access;
}

/// What a reader of the source needs.
Result<void> check_reach(const Call& call, const Principal& principal) {
  TRY(principal.check_access(access_to_read()));
  const bool asks_tags = !call.headers().get("x-ms-source-if-tags").value_or("").empty();
  if (asks_tags ||
      http::equal_ignoring_case(call.headers().get("x-ms-copy-source-tag-option").value_or(""), "COPY"))
    TRY(principal.check_access({.any_permission = "t", .any_resource_type = "o", .by_service_sas = true}));
  return {};
}

Result<Principal> find_reader(const Call& call, const SourceAddress& source, const Address& address,
                              const Authority& authority) {
  SourceRequest reading;
  fill(reading.request, call, source);
  const auto token = call.headers().get(kSourceToken);
  if (token) reading.request.headers.add("Authorization", *token);
  if (token && !has_bearer_token(reading.request))
    return fail(Code::InvalidAuthenticationInfo,
                fmt::format("The header {} takes a bearer token.", kSourceToken));
  const bool is_signed = token || has_signature(source.target);
  if (!is_signed && address.account == call.address.account) {
    auto own = by_own_credential(call, source, address, authority);
    if (own && check_reach(call, *own)) return own;
  }
  auto principal = TRY(authenticate(reading.request, address, authority));
  TRY(check_reach(call, principal));
  return principal;
}

struct Reader {
  Principal principal;
  std::shared_ptr<const identity::KeyRing> ring;
};
Result<Reader> let_in(const Call& call, const SourceAddress& source, const Address& address) {
  auto ring = call.doors->accounts.find(address.account.text());
  if (!ring)
    return fail(Code::AccountNotFound, fmt::format("There is no account '{}' here.", address.account.text()));
  auto principal = TRY(
      find_reader(call, source, address, {call.floors, call.doors->tokens, *ring, call.exchange.received}));
  return Reader{std::move(principal), std::move(ring)};
}

policy::Exchange exchange_of(const Call& call, Reader reader) {
  const auto& records = reader.ring->account().records();
  auto purpose = reader.principal.may_act_for(call.exchange.purpose)
                     ? call.exchange.purpose
                     : std::string(reader.principal.default_purpose.text());
  return {.principal = std::move(reader.principal),
          .purpose = std::move(purpose),
          .slot = records.stream,
          .journal = records.journal,
          .request_id = call.exchange.request_id,
          .client_class = call.exchange.client_class,
          .received = call.exchange.received,
          .receipt = {}};
}

}  // namespace

Result<SourceAddress> parse_source_address(const http::Headers& headers) {
  const auto text = TRY(required(headers.get(kSource), kSource));
  const bool secure = http::equal_ignoring_case(text.substr(0, 8), "https://");
  const bool is_address = secure || http::equal_ignoring_case(text.substr(0, 7), "http://");
  auto target = http::Target::parse(text);
  if (!is_address || !target || target->host.empty() || text.size() > kLongestSource ||
      target->host.contains('@') || target->repeated_parameter())
    return fail(Code::InvalidHeaderValue,
                fmt::format("The header {} is not the whole address of a blob.", kSource));
  auto shown = told(*target, secure ? "https" : "http");
  // It is told in headers and lists.
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (!is_utf8(shown) || !is_xml_text(shown) || std::ranges::any_of(shown, is_control))
    return fail(Code::InvalidHeaderValue,
                fmt::format("The header {} has characters that no address has.", kSource));
  return SourceAddress{std::move(*target), secure, std::move(shown)};
}

bool is_own(const SourceAddress& source, std::string_view host, bool secure) {
  const auto theirs = parse_host(source.target.host, source.secure);
  const auto ours = parse_host(host, secure);
  return theirs && ours && theirs->port == ours->port && http::equal_ignoring_case(theirs->name, ours->name);
}

Result<operations::CopySource> parse_copy_source(Call& call, const SourceAddress& source) {
  auto conditions = TRY(parse_source_conditions(call.headers()));
  const auto range = TRY(parse_source_range(call.headers()));
  const auto past = TRY(parse_past(source.target));
  const auto address = parse_address(source.target, source.target.host);
  const auto missing = fail(Code::BlobNotFound, "The address of the source names no blob.");
  auto reader = address && address->blob ? let_in(call, source, *address) : Result<Reader>(missing);
  if (!reader) {
    call.source_error = reader.error();
    call.source_account = account_named(source.target, source.target.host);
    return std::unexpected(operations::unreadable_source(reader.error()));
  }
  return operations::CopySource{.blob = {address->account, *address->container, *address->blob, past},
                                .exchange = exchange_of(call, std::move(*reader)),
                                .conditions = std::move(conditions),
                                .range = range};
}

}  // namespace vitrine::azure::blob
