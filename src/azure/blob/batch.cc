#include "azure/blob/batch.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.h"
#include "crypto/mac.h"
#include "http/request_head.h"
#include "http/response_head.h"

namespace vitrine::azure::blob {
namespace {

constexpr std::string_view kBlank = " \t";
constexpr std::size_t kMostHeaders = 64;
/// RFC 2046, section 5.1.1.
constexpr std::size_t kLongestBoundary = 70;

std::unexpected<Error> malformed(std::string_view what) {
  return fail(Code::InvalidInput, fmt::format("This is not a batch: {}.", what));
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

/// They could end a header's line where it is given back.
bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; });
}

/// Cuts the first line off, and its end, which is CR LF or LF.
std::string_view take_line(std::string_view& text) {
  auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

struct HeaderLine {
  std::string_view name;
  std::string_view value;
};

HeaderLine split_header(std::string_view line) {
  const auto colon = std::min(line.find(':'), line.size());
  return {trim(line.substr(0, colon)), trim(line.substr(std::min(line.size(), colon + 1)))};
}

Result<std::string> parse_boundary(std::string_view content_type) {
  auto rest = content_type;
  const auto kind = trim(rest.substr(0, rest.find(';')));
  rest.remove_prefix(std::min(rest.size(), content_type.find(';')));
  while (http::equal_ignoring_case(kind, "multipart/mixed") && !rest.empty()) {
    rest.remove_prefix(1);
    const auto parameter = rest.substr(0, rest.find(';'));
    rest.remove_prefix(parameter.size());
    const auto equals = std::min(parameter.find('='), parameter.size());
    if (!http::equal_ignoring_case(trim(parameter.substr(0, equals)), "boundary")) continue;
    auto value = trim(parameter.substr(std::min(parameter.size(), equals + 1)));
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"'))
      value = value.substr(1, value.size() - 2);
    if (value.empty() || value.size() > kLongestBoundary) break;
    return std::string(value);
  }
  return fail(Code::InvalidHeaderValue,
              "The Content-Type of a batch is multipart/mixed with a boundary of 1 to 70 characters.");
}

/// One part's lines, without those that part it from others.
class PartReader {
 public:
  explicit PartReader(std::string_view text) : text_(text) {}

  Result<BatchPart> read() {
    BatchPart part;
    TRY(read_own_headers(part));
    TRY(read_request(part));
    if (text_.find_first_not_of("\r\n") != std::string_view::npos)
      return malformed("a request in it has a body");
    return part;
  }

 private:
  Result<void> read_own_headers(BatchPart& part) {
    bool is_http = false;
    for (auto line = take_line(text_); !line.empty(); line = take_line(text_)) {
      const auto [name, value] = split_header(line);
      if (has_control(line)) return malformed("a header in it has control characters");
      if (http::equal_ignoring_case(name, "Content-ID")) part.content_id = value;
      if (http::equal_ignoring_case(name, "Content-Type"))
        is_http = http::equal_ignoring_case(trim(value.substr(0, value.find(';'))), "application/http");
    }
    if (is_http) return {};
    return malformed("a part of it is not of the type application/http");
  }

  Result<void> read_request(BatchPart& part) {
    part.head = with_slash(take_line(text_)) + "\r\n";
    bool has_host = false;
    for (auto line = take_line(text_); !line.empty(); line = take_line(text_)) {
      const auto [name, value] = split_header(line);
      if (has_control(line) || kBlank.contains(line.front()))
        return malformed("a header in it does not stand on one line of printable characters");
      if (http::equal_ignoring_case(name, "Content-ID")) {
        part.content_id = value;
        continue;
      }
      has_host = has_host || http::equal_ignoring_case(name, "Host");
      part.head.append(line).append("\r\n");
    }
    part.head.append(has_host ? "\r\n" : "Host: batch\r\n\r\n");
    return {};
  }

  /// The .NET client leaves it out.
  static std::string with_slash(std::string_view line) {
    std::string out(line);
    const auto space = out.find(' ');
    if (space == std::string::npos || space + 1 == out.size()) return out;
    const bool has_host = out.find("://", space) != std::string::npos;
    if (out[space + 1] != '/' && !has_host) out.insert(space + 1, "/");
    return out;
  }

  std::string_view text_;
};

/// What stands in front of the next line that parts; `is_last` when no part follows that line.
struct Piece {
  std::string_view text;
  bool is_last = false;
};

Result<Piece> take_piece(std::string_view& document, std::string_view delimiter) {
  const auto whole = document;
  while (!document.empty()) {
    const auto at = whole.size() - document.size();
    auto line = take_line(document);
    if (!line.starts_with(delimiter)) continue;
    line.remove_prefix(delimiter.size());
    const bool is_last = line.starts_with("--");
    if (is_last) line.remove_prefix(2);
    if (trim(line).empty()) return Piece{whole.substr(0, at), is_last};
  }
  return malformed("its last boundary is missing");
}

/// True where the path begins with the account, and a container and a blob follow.
bool has_account(std::string_view path, std::string_view account) {
  if (path.starts_with('/')) path.remove_prefix(1);
  if (!path.starts_with(account) || path.substr(account.size(), 1) != "/") return false;
  return path.find('/', account.size() + 1) != std::string_view::npos;
}

bool may_be_in_batch(const http::Request& request) {
  const auto comp = request.target.parameter("comp").value_or("");
  if (request.method == http::Method::Delete) return comp.empty() && !request.target.parameter("restype");
  return request.method == http::Method::Put && http::equal_ignoring_case(comp, "tier");
}

}  // namespace

Result<std::vector<BatchPart>> parse_batch(std::string_view content_type, std::string_view document) {
  const auto delimiter = "--" + TRY(parse_boundary(content_type));
  std::vector<BatchPart> parts;
  auto piece = TRY(take_piece(document, delimiter));  // what stands in front of the first part says nothing
  while (!piece.is_last) {
    piece = TRY(take_piece(document, delimiter));
    if (parts.size() == kMostBatchParts)
      return malformed(fmt::format("it has more than {} requests", kMostBatchParts));
    parts.push_back(TRY(PartReader(piece.text).read()));
  }
  if (parts.empty()) return malformed("it has no request");
  return parts;
}

Result<void> read_part(const BatchPart& part, const BatchPlace& place, http::Request& request) {
  const auto framing = TRY(http::parse_request_head(part.head, kMostHeaders, request));
  if (framing.chunked || framing.length > 0) return malformed("a request in it has a body");
  if (!may_be_in_batch(request))
    return fail(Code::InvalidInput, "A batch may only delete blobs and set their tiers.");
  // What has no body need not say so here, as it must in a request of its own.
  if (!request.headers.get("Content-Length")) request.headers.add("Content-Length", "0");
  const std::string account(place.address.account.text());
  const bool is_host_style = place.host.substr(0, place.host.find(':')).ends_with(kAccountHostSuffix);
  request.target.host = is_host_style || !has_account(request.target.raw_path, account)
                            ? account + std::string(kAccountHostSuffix)
                            : std::string(place.host);
  const auto address = TRY(parse_address(request.target, request.target.host));
  if (!address.blob || (place.address.container && address.container != place.address.container))
    return fail(Code::InvalidInput, "The request is not about a blob of the batch's account and container.");
  return {};
}

BatchAnswer::BatchAnswer() : boundary_("batchresponse_" + to_hex(crypto::random_array<16>())) {}

void BatchAnswer::add(const BatchPart& part, const http::Response& answer, std::string_view date) {
  document_.append("--").append(boundary_).append("\r\nContent-Type: application/http\r\n");
  if (!part.content_id.empty()) document_.append("Content-ID: ").append(part.content_id).append("\r\n");
  document_.append("\r\n");
  http::append_response_head(document_, answer.status, answer.headers,
                             {.date = date, .content_length = answer.body.size()});
  document_.append(answer.body).append("\r\n");
}

http::Response BatchAnswer::take() && {
  document_.append("--").append(boundary_).append("--\r\n");
  return http::Response::text(202, "multipart/mixed; boundary=" + boundary_, std::move(document_));
}

}  // namespace vitrine::azure::blob
