#include "http/client.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <memory>
#include <system_error>

#include "http/headers.h"

namespace vitrine::http {
namespace {

constexpr std::size_t kMostBody = std::size_t{64} << 20;
constexpr std::string_view kScheme = "http://", kSecureScheme = "https://";
constexpr std::uint16_t kSecurePort = 443;

using Handle = std::unique_ptr<CURL, decltype([](CURL* handle) { curl_easy_cleanup(handle); })>;
using Address = std::unique_ptr<CURLU, decltype([](CURLU* address) { curl_url_cleanup(address); })>;
using Lines = std::unique_ptr<curl_slist, decltype([](curl_slist* lines) { curl_slist_free_all(lines); })>;

std::string bracketed(const std::string& host) {
  return host.contains(':') ? fmt::format("[{}]", host) : host;
}

/// How messages name the server.
std::string place(const Url& url) {
  return fmt::format("{}:{}", bracketed(url.host), url.port);
}

bool names(const ClientRequest& request, std::string_view name) {
  return std::ranges::any_of(request.headers,
                             [&](const auto& header) { return equal_ignoring_case(header.first, name); });
}

/// The body alone decides how it is framed.
bool is_framing(std::string_view name) {
  return equal_ignoring_case(name, "Content-Length") || equal_ignoring_case(name, "Transfer-Encoding");
}

/// A line as libcurl wants it: a field without a value ends in a semicolon, a line without one takes out
/// the field that libcurl would add by itself.
std::string line_of(std::string_view name, std::string_view value) {
  return value.find_first_not_of(" \t") == std::string_view::npos ? fmt::format("{};", name)
                                                                  : fmt::format("{}: {}", name, value);
}

void append(Lines& lines, const std::string& line) {
  auto* longer = curl_slist_append(lines.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  (void)lines.release();  // it is the front of the longer one
  lines.reset(longer);
}

Result<Lines> header_lines(const ClientRequest& request) {
  constexpr std::string_view kNoPartOfALine("\r\n\0", 3);
  Lines lines;
  if (!names(request, "Host")) append(lines, line_of("Host", place(request.url)));
  if (!names(request, "Connection")) append(lines, line_of("Connection", "close"));
  for (const auto* added : {"Accept", "Content-Type", "Expect"}) {
    if (!names(request, added)) append(lines, fmt::format("{}:", added));
  }
  for (const auto& [name, value] : request.headers) {
    if (is_framing(name)) continue;
    if ((name + value).find_first_of(kNoPartOfALine) != std::string::npos)
      return fail(Code::InvalidHeaderValue, "A header field must be one line.");
    append(lines, line_of(name, value));
  }
  return lines;
}

/// The certificate must be for the host or address that was asked for, and say so where it must: OpenSSL,
/// unlike libcurl, can be told not to take its subject's common name for that.
bool trust(SSL_CTX* tls, const ClientRequest& request) {
  auto* checks = SSL_CTX_get0_param(tls);
  const auto& host = request.url.host;
  X509_VERIFY_PARAM_set_hostflags(checks, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  // OpenSSL's paths and not libcurl's, for it follows SSL_CERT_FILE and SSL_CERT_DIR.
  if (request.authorities.empty()) SSL_CTX_set_default_verify_paths(tls);
  return X509_VERIFY_PARAM_set1_ip_asc(checks, host.c_str()) == 1 ||
         X509_VERIFY_PARAM_set1_host(checks, host.data(), host.size()) == 1;
}

/// Where a TLS context keeps the Transfer it is for.
int transfer_of_context() {
  static const int place = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return place;
}

/// One request and its answer.
class Transfer {
 public:
  Transfer(const ClientRequest& request, std::chrono::milliseconds limit)
      : request_(request), limit_(limit), address_(curl_url()), handle_(curl_easy_init()) {
    if (!handle_ || !address_) throw std::bad_alloc();
  }

  Result<ClientAnswer> run() {
    lines_ = TRY(header_lines(request_));
    TRY(set_address());
    set_connection();
    if (request_.url.secure) set_tls();
    set_message();
    if (refused_ != CURLE_OK) return fail(Code::Internal, fmt::format("libcurl: {}.", text_of(refused_)));
    const auto outcome = curl_easy_perform(handle_.get());
    if (outcome != CURLE_OK) return failed(outcome);
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    // libcurl takes a head that breaks off for a whole one.
    if (!head_is_whole_ || status < 200)
      return failed(Code::ConnectionClosed, "The answer breaks off in its head");
    answer_.status = static_cast<unsigned>(status);
    take_headers();
    // Then the end of the connection is the answer's, and without its alert anybody can have cut it.
    if (request_.url.secure && !says_its_length() && !is_properly_closed_)
      return failed(Code::ConnectionClosed, "The connection was cut");
    return std::move(answer_);
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    if (auto outcome = curl_easy_setopt(handle_.get(), option, value); outcome != CURLE_OK)
      refused_ = outcome;
  }

  /// Host and port go in as parts, so that nothing in them can be taken for another part of a URL.
  Result<void> set_address() {
    const auto& url = request_.url;
    const std::pair<CURLUPart, std::string> parts[] = {{CURLUPART_SCHEME, url.secure ? "https" : "http"},
                                                       {CURLUPART_HOST, bracketed(url.host)},
                                                       {CURLUPART_PORT, std::to_string(url.port)}};
    for (const auto& [part, text] : parts) {
      if (auto outcome = curl_url_set(address_.get(), part, text.c_str(), 0); outcome != CURLUE_OK)
        return failed(Code::Unavailable, curl_url_strerror(outcome));
    }
    return {};
  }

  void set_connection() {
    constexpr std::chrono::milliseconds kLeast{1};  // 0 would be no limit
    constexpr std::chrono::milliseconds kMost{std::numeric_limits<int>::max()};
    set(CURLOPT_CURLU, address_.get());
    set(CURLOPT_PROTOCOLS_STR, request_.url.secure ? "https" : "http");
    set(CURLOPT_PROXY, "");  // nor one that the environment names
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::clamp(limit_, kLeast, kMost).count()));
    set(CURLOPT_QUICK_EXIT, 1L);  // the limit holds for a look-up of the host's name, too
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_ERRORBUFFER, reason_.data());
    set(CURLOPT_HEADERFUNCTION, &Transfer::on_head_line);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    set(CURLOPT_WRITEDATA, this);
  }

  void set_tls() {
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_SSL_OPTIONS, static_cast<long>(CURLSSLOPT_NO_PARTIALCHAIN));
    // Nobody but the authorities given is trusted: libcurl would keep its folder beside them.
    set(CURLOPT_CAINFO, nullptr);
    set(CURLOPT_CAPATH, nullptr);
    set(CURLOPT_SSL_CTX_FUNCTION, &Transfer::on_tls_context);
    set(CURLOPT_SSL_CTX_DATA, this);
    if (request_.authorities.empty()) return;
    // It is only read.
    curl_blob authorities{.data = const_cast<char*>(request_.authorities.data()),
                          .len = request_.authorities.size(),
                          .flags = CURL_BLOB_NOCOPY};
    set(CURLOPT_CAINFO_BLOB, &authorities);
  }

  void set_message() {
    set(CURLOPT_REQUEST_TARGET, request_.url.target.c_str());
    set(CURLOPT_HTTPHEADER, lines_.get());
    if (request_.method == "HEAD") return set(CURLOPT_NOBODY, 1L);
    if (!request_.body.empty() || request_.method == "PUT" || request_.method == "POST") {
      set(CURLOPT_POST, 1L);
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
      set(CURLOPT_POSTFIELDS, request_.body.data());
    }
    set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  }

  static CURLcode on_tls_context(CURL* /*handle*/, void* context, void* self) noexcept {
    auto* tls = static_cast<SSL_CTX*>(context);
    if (SSL_CTX_set_ex_data(tls, transfer_of_context(), self) != 1) return CURLE_OUT_OF_MEMORY;
    SSL_CTX_set_info_callback(tls, &Transfer::on_tls_event);
    return trust(tls, static_cast<Transfer*>(self)->request_) ? CURLE_OK : CURLE_PEER_FAILED_VERIFICATION;
  }

  static void on_tls_event(const SSL* tls, int event, int alert) noexcept {
    if ((event & SSL_CB_READ_ALERT) != SSL_CB_READ_ALERT || (alert & 0xff) != SSL_AD_CLOSE_NOTIFY) return;
    auto* self = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(tls), transfer_of_context());
    static_cast<Transfer*>(self)->is_properly_closed_ = true;
  }

  static std::size_t on_head_line(const char* data, std::size_t one, std::size_t size, void* self) noexcept {
    const std::string_view line(data, one * size);
    if (line.starts_with("HTTP/")) static_cast<Transfer*>(self)->head_is_whole_ = false;
    if (line == "\r\n" || line == "\n") static_cast<Transfer*>(self)->head_is_whole_ = true;
    return line.size();
  }

  static std::size_t on_body(const char* data, std::size_t one, std::size_t size, void* self) noexcept {
    const std::string_view piece(data, one * size);
    auto& body = static_cast<Transfer*>(self)->answer_.body;
    if (piece.size() > kMostBody - body.size()) return CURL_WRITEFUNC_ERROR;
    body += piece;
    return piece.size();
  }

  [[nodiscard]] bool says_its_length() const {
    return request_.method == "HEAD" || answer_.status == 204 || answer_.status == 304 ||
           !answer_.header("Content-Length").empty() ||
           equal_ignoring_case(answer_.header("Transfer-Encoding"), "chunked");
  }

  /// Those of the answer itself: not of interim ones, and no trailers.
  void take_headers() {
    for (curl_header* header = nullptr;
         (header = curl_easy_nextheader(handle_.get(), CURLH_HEADER, -1, header)) != nullptr;) {
      std::string_view value = header->value;
      if (value.ends_with('\r')) value.remove_suffix(1);  // libcurl leaves it where the value is empty
      answer_.headers.emplace_back(header->name, value);
    }
  }

  [[nodiscard]] std::unexpected<Error> failed(Code code, std::string_view reason) const {
    const auto* what = code == Code::Unavailable         ? "could not be reached"
                       : code == Code::OperationTimedOut ? "did not answer in time"
                                                         : "did not answer as it should";
    return fail(code, fmt::format("{} {}: {}.", place(request_.url), what, reason));
  }

  [[nodiscard]] std::unexpected<Error> failed(CURLcode outcome) const {
    switch (outcome) {
      case CURLE_URL_MALFORMAT:
      case CURLE_COULDNT_RESOLVE_HOST:
        return failed(Code::Unavailable, text_of(outcome));
      case CURLE_COULDNT_CONNECT:
        return failed(Code::Unavailable, why_not_connected());
      case CURLE_OPERATION_TIMEDOUT:
        return failed(Code::OperationTimedOut, text_of(outcome));
      case CURLE_WRITE_ERROR:
        return failed(Code::ConnectionClosed, "The answer is larger than 64 MiB");
      case CURLE_PEER_FAILED_VERIFICATION:
        return fail(Code::AuthenticationFailed, fmt::format("The certificate of {} is not trusted: {}.",
                                                            place(request_.url), why_not_trusted()));
      case CURLE_SSL_CACERT_BADFILE:
        return fail(Code::InvalidInput,
                    "The certificate authorities cannot be used: no certificate is there.");
      default:
        return failed(Code::ConnectionClosed, text_of(outcome));
    }
  }

  [[nodiscard]] std::string text_of(CURLcode outcome) const {
    return reason_.front() != '\0' ? reason_.data() : curl_easy_strerror(outcome);
  }

  [[nodiscard]] std::string why_not_connected() const {
    long problem = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_OS_ERRNO, &problem);
    return problem != 0 ? std::system_category().message(static_cast<int>(problem))
                        : text_of(CURLE_COULDNT_CONNECT);
  }

  [[nodiscard]] std::string why_not_trusted() const {
    long verdict = X509_V_OK;
    curl_easy_getinfo(handle_.get(), CURLINFO_SSL_VERIFYRESULT, &verdict);
    // Without a verdict, it was libcurl that found fault.
    return verdict != X509_V_OK && verdict != X509_V_ERR_UNSPECIFIED
               ? X509_verify_cert_error_string(verdict)
               : text_of(CURLE_PEER_FAILED_VERIFICATION);
  }

  const ClientRequest& request_;
  const std::chrono::milliseconds limit_;
  const Address address_;
  Lines lines_;
  CURLcode refused_ = CURLE_OK;  ///< an option that libcurl does not know
  std::array<char, CURL_ERROR_SIZE> reason_{};
  bool head_is_whole_ = false;
  bool is_properly_closed_ = false;  ///< by TLS's alert
  ClientAnswer answer_;
  const Handle handle_;  ///< goes first, for it uses what stands above
};

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  auto bad = [&] {
    return fail(Code::InvalidInput, fmt::format("'{}' is not of the form http[s]://host[:port]/path.", text));
  };
  Url url;
  url.secure = text.starts_with(kSecureScheme);
  if (!url.secure && !text.starts_with(kScheme)) return bad();
  if (url.secure) url.port = kSecurePort;
  auto rest = text.substr(url.secure ? kSecureScheme.size() : kScheme.size());
  auto slash = std::min(rest.find_first_of("/?#"), rest.size());
  auto authority = rest.substr(0, slash);
  url.target = rest.substr(slash);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  auto colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    auto port = authority.substr(colon + 1);
    auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc{} || end != port.data() + port.size() || url.port == 0) return bad();
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']'))
    authority = authority.substr(1, authority.size() - 2);
  auto is_sendable = [](char c) { return c > ' ' && c < 0x7f && c != '@' && c != '#'; };
  if (authority.empty() || !std::ranges::all_of(authority, is_sendable) ||
      !std::ranges::all_of(url.target, is_sendable))
    return bad();
  url.host = authority;
  return url;
}

std::string_view ClientAnswer::header(std::string_view name) const {
  auto found =
      std::ranges::find_if(headers, [&](const auto& h) { return equal_ignoring_case(h.first, name); });
  return found == headers.end() ? std::string_view() : found->second;
}

Result<ClientAnswer> fetch(const ClientRequest& request, std::chrono::milliseconds limit) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK) return fail(Code::Internal, fmt::format("libcurl: {}.", curl_easy_strerror(ready)));
  return Transfer(request, limit).run();
}

}  // namespace vitrine::http
