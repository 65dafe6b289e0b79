#include "http/remote_body.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "http/headers.h"

namespace vitrine::http {
namespace {

/// What may wait to be read; libcurl hands over at most 16 KiB at a time.
constexpr std::size_t kMostWaiting = std::size_t{256} << 10;
constexpr std::size_t kMostHead = std::size_t{64} << 10;
constexpr std::uint16_t kPort = 80, kSecurePort = 443;

using Handle = std::unique_ptr<CURL, decltype([](CURL* handle) { curl_easy_cleanup(handle); })>;
using Multi = std::unique_ptr<CURLM, decltype([](CURLM* multi) { curl_multi_cleanup(multi); })>;
using Address = std::unique_ptr<CURLU, decltype([](CURLU* address) { curl_url_cleanup(address); })>;
using Lines = std::unique_ptr<curl_slist, decltype([](curl_slist* lines) { curl_slist_free_all(lines); })>;

struct HostRule {
  std::string_view host;
  std::uint16_t port = 0;  ///< 0: the scheme's own
};

HostRule parse_rule(std::string_view text) {
  const auto colon = text.rfind(':');
  // An IPv6 address with a port stands in brackets.
  const bool has_port = colon != std::string_view::npos &&
                        (text.starts_with('[') ? text[colon - 1] == ']' : text.find(':') == colon);
  HostRule rule{.host = text.substr(0, has_port ? colon : text.size())};
  if (has_port) std::from_chars(text.data() + colon + 1, text.data() + text.size(), rule.port);
  if (rule.host.starts_with('[') && rule.host.ends_with(']'))
    rule.host = rule.host.substr(1, rule.host.size() - 2);
  return rule;
}

bool fits(const HostRule& rule, const Url& url) {
  if (url.port != (rule.port != 0 ? rule.port : (url.secure ? kSecurePort : kPort))) return false;
  if (rule.host == "*") return true;
  if (!rule.host.starts_with("*.")) return equal_ignoring_case(rule.host, url.host);
  const auto suffix = rule.host.substr(1);
  return url.host.size() > suffix.size() &&
         equal_ignoring_case(std::string_view(url.host).substr(url.host.size() - suffix.size()), suffix);
}

std::string bracketed(const std::string& host) {
  return host.contains(':') ? fmt::format("[{}]", host) : host;
}

class CurlBody final : public RemoteBody {
 public:
  CurlBody(const RemoteRules& rules, RemoteRequest request)
      : rules_(rules),
        request_(std::move(request)),
        address_(curl_url()),
        handle_(curl_easy_init()),
        multi_(curl_multi_init()) {
    if (!handle_ || !address_ || !multi_) throw std::bad_alloc();
  }
  ~CurlBody() override { curl_multi_remove_handle(multi_.get(), handle_.get()); }
  CurlBody(const CurlBody&) = delete;
  CurlBody& operator=(const CurlBody&) = delete;

  Result<void> begin() {
    TRY(set_up());
    curl_multi_add_handle(multi_.get(), handle_.get());
    while (!outcome_ && waiting_.empty() && !head_is_whole_) TRY(step());
    // A body that breaks off behind its head is told to whoever reads it.
    if (!head_is_whole_) {
      TRY(check_outcome());
      return failed(Code::ConnectionClosed, "its answer breaks off in its head");
    }
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    head_.status = static_cast<unsigned>(status);
    for (curl_header* header = nullptr;
         (header = curl_easy_nextheader(handle_.get(), CURLH_HEADER, -1, header)) != nullptr;) {
      std::string_view value = header->value;
      if (value.ends_with('\r')) value.remove_suffix(1);
      head_.headers.emplace_back(header->name, value);
    }
    return {};
  }

  Result<std::size_t> read(MutableBytes into) override {
    while (waiting_.empty() && !outcome_) {
      if (is_paused_) resume();
      TRY(step());
    }
    if (waiting_.empty()) {
      TRY(check_outcome());
      return std::size_t{0};
    }
    const auto count = std::min(into.size(), waiting_.size() - given_);
    std::copy_n(as_bytes(waiting_).begin() + static_cast<std::ptrdiff_t>(given_), count, into.begin());
    given_ += count;
    if (given_ == waiting_.size()) {
      waiting_.clear();
      given_ = 0;
    }
    return count;
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    if (auto refused = curl_easy_setopt(handle_.get(), option, value); refused != CURLE_OK)
      refused_ = refused;
  }

  Result<void> set_up() {
    const auto& url = request_.url;
    const std::pair<CURLUPart, std::string> parts[] = {{CURLUPART_SCHEME, url.secure ? "https" : "http"},
                                                       {CURLUPART_HOST, bracketed(url.host)},
                                                       {CURLUPART_PORT, std::to_string(url.port)}};
    for (const auto& [part, text] : parts)
      if (auto outcome = curl_url_set(address_.get(), part, text.c_str(), 0); outcome != CURLUE_OK)
        return failed(Code::Unavailable, curl_url_strerror(outcome));
    TRY(set_lines());
    set(CURLOPT_CURLU, address_.get());
    set(CURLOPT_REQUEST_TARGET, url.target.c_str());
    set(CURLOPT_PROTOCOLS_STR, url.secure ? "https" : "http");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(rules_.connect_limit.count()));
    set(CURLOPT_TIMEOUT, static_cast<long>(rules_.total_limit.count()));
    set(CURLOPT_LOW_SPEED_LIMIT, 1024L);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(rules_.stall_limit.count()));
    set(CURLOPT_OPENSOCKETFUNCTION, &CurlBody::on_socket);
    set(CURLOPT_OPENSOCKETDATA, this);
    set(CURLOPT_HEADERFUNCTION, &CurlBody::on_head_line);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &CurlBody::on_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_SSL_CTX_FUNCTION, &CurlBody::on_tls_context);
    if (refused_ != CURLE_OK)
      return fail(Code::Internal, fmt::format("libcurl: {}.", curl_easy_strerror(refused_)));
    return {};
  }

  Result<void> set_lines() {
    constexpr std::string_view kNoPartOfALine("\r\n\0", 3);
    std::vector<std::string> lines{
        fmt::format("Host: {}:{}", bracketed(request_.url.host), request_.url.port), "Connection: close",
        "Accept: */*"};
    for (const auto& [name, value] : request_.headers) {
      if ((name + value).find_first_of(kNoPartOfALine) != std::string::npos)
        return fail(Code::InvalidHeaderValue, "A header field must be one line.");
      lines.push_back(fmt::format("{}: {}", name, value));
    }
    for (const auto& line : lines) {
      auto* longer = curl_slist_append(lines_.get(), line.c_str());
      if (longer == nullptr) throw std::bad_alloc();
      (void)lines_.release();  // it is the front of the longer one
      lines_.reset(longer);
    }
    set(CURLOPT_HTTPHEADER, lines_.get());
    return {};
  }

  /// Waits for something to happen, for a second at most, and lets it.
  Result<void> step() {
    constexpr int kWait = 1000;
    if (request_.stop != nullptr && *request_.stop) return failed(Code::Cancelled, "the server stops");
    int running = 0;
    auto outcome = curl_multi_perform(multi_.get(), &running);
    for (int left = 0; const auto* message = curl_multi_info_read(multi_.get(), &left);)
      if (message->msg == CURLMSG_DONE) outcome_ = message->data.result;
    if (outcome == CURLM_OK && !outcome_ && waiting_.empty())
      outcome = curl_multi_poll(multi_.get(), nullptr, 0, kWait, nullptr);
    if (outcome == CURLM_OK) return {};
    return failed(Code::ConnectionClosed, curl_multi_strerror(outcome));
  }

  void resume() {
    is_paused_ = false;
    curl_easy_pause(handle_.get(), CURLPAUSE_CONT);
  }

  [[nodiscard]] std::unexpected<Error> failed(Code code, std::string_view reason) const {
    return fail(code,
                fmt::format("{}:{} cannot be read from: {}.", request_.url.host, request_.url.port, reason));
  }

  [[nodiscard]] Result<void> check_outcome() const {
    if (is_denied_)
      return failed(Code::AuthorizationFailure, "its address is not one that this server may be sent to");
    if (!outcome_ || *outcome_ == CURLE_OK) return {};
    switch (*outcome_) {
      case CURLE_COULDNT_RESOLVE_HOST:
      case CURLE_COULDNT_CONNECT:
      case CURLE_URL_MALFORMAT:
        return failed(Code::Unavailable, curl_easy_strerror(*outcome_));
      case CURLE_OPERATION_TIMEDOUT:
        return failed(Code::OperationTimedOut, "it does not answer in time");
      case CURLE_PEER_FAILED_VERIFICATION:
        return failed(Code::AuthenticationFailed, "its certificate is not trusted");
      default:
        return failed(Code::ConnectionClosed, curl_easy_strerror(*outcome_));
    }
  }

  /// Of every connection, behind every look-up of the name: so a name that changes its meaning gains nothing.
  static curl_socket_t on_socket(void* self, curlsocktype /*purpose*/, curl_sockaddr* to) noexcept {
    auto& body = *static_cast<CurlBody*>(self);
    const auto address = address_of(to->addr);
    if (!address || !body.rules_.allow(*address)) {
      body.is_denied_ = true;
      return CURL_SOCKET_BAD;
    }
    body.is_denied_ = false;
    return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
  }

  static CURLcode on_tls_context(CURL* /*handle*/, void* context, void* /*self*/) noexcept {
    // OpenSSL's paths and not libcurl's, for it follows SSL_CERT_FILE and SSL_CERT_DIR.
    SSL_CTX_set_default_verify_paths(static_cast<SSL_CTX*>(context));
    return CURLE_OK;
  }

  static std::size_t on_head_line(const char* data, std::size_t one, std::size_t size, void* self) noexcept {
    auto& body = *static_cast<CurlBody*>(self);
    const std::string_view line(data, one * size);
    body.head_bytes_ += line.size();
    if (body.head_bytes_ > kMostHead) return 0;
    if (line.starts_with("HTTP/")) {
      body.is_interim_ = line.find(" 1") == line.find(' ');
      return line.size();
    }
    if ((line == "\r\n" || line == "\n") && !body.is_interim_) body.head_is_whole_ = true;
    return line.size();
  }

  static std::size_t on_body(const char* data, std::size_t one, std::size_t size, void* self) noexcept {
    auto& body = *static_cast<CurlBody*>(self);
    const std::string_view piece(data, one * size);
    if (body.waiting_.size() + piece.size() > kMostWaiting) {
      body.is_paused_ = true;
      return CURL_WRITEFUNC_PAUSE;
    }
    body.waiting_ += piece;
    return piece.size();
  }

  const RemoteRules& rules_;
  const RemoteRequest request_;
  const Address address_;
  Lines lines_;
  CURLcode refused_ = CURLE_OK;  ///< an option that libcurl does not know
  std::optional<CURLcode> outcome_;
  bool is_denied_ = false;
  bool is_interim_ = false, head_is_whole_ = false, is_paused_ = false;
  std::size_t head_bytes_ = 0;
  std::string waiting_;
  std::size_t given_ = 0;  ///< of what waits
  const Handle handle_;    ///< goes before what it uses, which stands above
  const Multi multi_;
};

}  // namespace

bool RemoteRules::allow(const Url& url) const {
  return std::ranges::any_of(hosts, [&](const std::string& host) { return fits(parse_rule(host), url); });
}

bool RemoteRules::allow(const NetworkAddress& address) const {
  if (std::ranges::any_of(networks, [&](const Network& network) { return network.has(address); }))
    return true;
  return is_public(address) && !is_of_this_machine(address);
}

Result<std::unique_ptr<RemoteBody>> RemoteBody::open(const RemoteRules& rules, RemoteRequest request) {
  if (!rules.allow(request.url))
    return fail(Code::AuthorizationFailure, fmt::format("{}:{} is not a host that this server copies from.",
                                                        request.url.host, request.url.port));
  auto body = std::make_unique<CurlBody>(rules, std::move(request));
  TRY(body->begin());
  return body;
}

}  // namespace vitrine::http
