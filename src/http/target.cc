#include "http/target.h"

#include <algorithm>

#include "http/headers.h"

namespace vitrine::http {
namespace {

std::unexpected<Error> refuse(std::string message) {
  return fail(Code::RequestUrlFailedToParse, std::move(message));
}

bool is_control(char c) {
  auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

/// What could end a text or a line somewhere further on.
bool is_end(char c) {
  return c == '\0' || c == '\r' || c == '\n';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

struct Parts {
  std::string_view host;
  std::string_view path_and_query;
};

/// Splits "http://host/path" behind the host. RFC 9112 §3.2.2: an empty path is "/".
Result<Parts> split_off_host(std::string_view raw) {
  if (raw.starts_with('/')) return Parts{.host = {}, .path_and_query = raw};
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!equal_ignoring_case(raw.substr(0, scheme.size()), scheme)) continue;
    auto rest = raw.substr(scheme.size());
    auto host = rest.substr(0, rest.find_first_of("/?"));
    if (host.empty() || host.contains('@')) break;
    return Parts{.host = host, .path_and_query = rest.substr(host.size())};
  }
  return refuse("The request target must be a path beginning with '/', or an http or https URL with a host.");
}

Result<std::vector<QueryParameter>> parse_query(std::string_view raw_query) {
  std::vector<QueryParameter> parameters;
  while (!raw_query.empty()) {
    auto pair = raw_query.substr(0, raw_query.find('&'));
    raw_query.remove_prefix(std::min(pair.size() + 1, raw_query.size()));
    if (pair.empty()) continue;
    auto name = pair.substr(0, pair.find('='));
    auto value = pair.substr(std::min(name.size() + 1, pair.size()));
    auto decoded_name = TRY(percent_decode(name));
    // As forms are written, and Go's clients write queries, a plus is a space.
    std::string spaced(value);
    std::ranges::replace(spaced, '+', ' ');
    auto decoded_value = TRY(percent_decode(spaced));
    parameters.push_back({.name = std::move(decoded_name), .value = std::move(decoded_value)});
  }
  return parameters;
}

}  // namespace

Result<std::string> percent_decode(std::string_view encoded) {
  std::string decoded;
  decoded.reserve(encoded.size());
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    char c = encoded[i];
    if (is_control(c)) return refuse("The request URL holds a bare control character; percent-encode it.");
    if (c == '%') {
      const int high = i + 1 < encoded.size() ? hex_digit(encoded[i + 1]) : -1;
      const int low = i + 2 < encoded.size() ? hex_digit(encoded[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return refuse(
            "The request URL holds a '%' that two hexadecimal digits do not follow; write it as %25.");
      }
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (is_end(c)) return refuse("The request URL holds a NUL or a line end, which no name or value may.");
    decoded.push_back(c);
  }
  return decoded;
}

Result<Target> Target::parse(std::string_view raw) {
  if (raw.find_first_of(" #") != std::string_view::npos) {
    return refuse("The request URL holds a space or a '#'; write them as %20 and %23.");
  }
  auto parts = TRY(split_off_host(raw));
  auto raw_path = parts.path_and_query.substr(0, parts.path_and_query.find('?'));
  auto raw_query = parts.path_and_query.substr(std::min(raw_path.size() + 1, parts.path_and_query.size()));
  if (raw_path.empty()) raw_path = "/";
  if (std::any_of(parts.host.begin(), parts.host.end(), is_control)) {
    return refuse("The host in the request URL holds a control character.");
  }
  Target target;
  target.path = TRY(percent_decode(raw_path));
  target.query = TRY(parse_query(raw_query));
  target.raw = raw;
  target.host = parts.host;
  target.raw_path = raw_path;
  target.raw_query = raw_query;
  return target;
}

std::optional<std::string_view> Target::parameter(std::string_view name) const {
  auto found = std::ranges::find_if(
      query, [&](const QueryParameter& sent) { return equal_ignoring_case(sent.name, name); });
  if (found == query.end()) return std::nullopt;
  return found->value;
}

std::optional<std::string_view> Target::repeated_parameter() const {
  std::vector<std::string_view> names;
  names.reserve(query.size());
  for (const auto& sent : query) names.push_back(sent.name);
  std::ranges::sort(names, less_ignoring_case);
  auto repeated = std::ranges::adjacent_find(names, equal_ignoring_case);
  if (repeated == names.end()) return std::nullopt;
  return *repeated;
}

}  // namespace vitrine::http
