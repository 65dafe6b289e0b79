#include "azure/blob/remote_source.h"

#include <fmt/format.h>

#include <charconv>

#include "azure/blob/api_version.h"
#include "azure/blob/request_headers.h"

namespace vitrine::azure::blob {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;

/// What the request says of the source, in the words of a request for it.
constexpr std::pair<std::string_view, std::string_view> kHandedOn[] = {
    {"x-ms-source-range", "Range"},
    {"x-ms-source-if-match", "If-Match"},
    {"x-ms-source-if-none-match", "If-None-Match"},
    {"x-ms-source-if-modified-since", "If-Modified-Since"},
    {"x-ms-source-if-unmodified-since", "If-Unmodified-Since"},
    {"x-ms-copy-source-authorization", "Authorization"},
};

Result<http::RemoteRequest> request_of(const Call& call, const SourceAddress& address) {
  auto url = http::Url::parse(address.target.raw);
  if (!url) return fail(Code::InvalidHeaderValue, "The header x-ms-copy-source is not an address.");
  http::RemoteRequest request{.url = std::move(*url),
                              .headers = {{"x-ms-version", std::string(version_to_answer(call.headers()))}}};
  for (const auto& [ours, theirs] : kHandedOn)
    if (const auto value = call.headers().get(ours))
      request.headers.emplace_back(std::string(theirs), std::string(*value));
  return request;
}

/// Why a body with this status is none to be copied.
Error refused(unsigned status) {
  const auto code = status == 401 || status == 403 ? Code::AuthorizationFailure
                    : status == 404                ? Code::ResourceNotFound
                    : status == 416                ? Code::InvalidRange
                                                   : Code::InvalidSourceBlobUrl;
  return {code, fmt::format("the other server answers {}; redirects are not followed.", status), {}};
}

/// Errors: those of the answer.
Result<std::uint64_t> length_of(const http::ClientAnswer& head, bool of_range) {
  if (head.status != (of_range ? 206u : 200u)) return std::unexpected(refused(head.status));
  const auto text = head.header("Content-Length");
  std::uint64_t length = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (text.empty() || problem != std::errc() || end != text.data() + text.size())
    return fail(Code::InvalidSourceBlobUrl, "the other server does not say how long the body is.");
  return length;
}

/// What the reason is to the client. A host or address that is not allowed, and one that does not answer, are
/// told alike in their status.
Error as_found(Error error) {
  if (error.code == Code::Unavailable || error.code == Code::ConnectionClosed)
    error.code = Code::OperationTimedOut;
  if (error.code == Code::AuthenticationFailed) error.code = Code::AuthorizationFailure;
  return error;
}

}  // namespace

/// The pool's threads read into a buffer that belongs to both sides: either may be gone first.
class RemoteInput final : public blobs::BodyInput {
 public:
  struct State {
    std::unique_ptr<http::RemoteBody> body{};
    Bytes buffer = Bytes(kPiece);
    RemoteSources::Slots& slots;
    const std::string account;

    State(RemoteSources::Slots& taken, std::string of) : slots(taken), account(std::move(of)) {}
    ~State() { slots.give_back(account); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
  };
  RemoteInput(std::shared_ptr<State> state, store::BlockingPool& pool)
      : state_(std::move(state)), pool_(pool) {}

  Task<Result<std::size_t>> read(MutableBytes into) override {
    if (left_.empty()) {
      auto work = pool_.start([state = state_] { return state->body->read(state->buffer); });
      const auto count = co_await work.wait();
      if (!count) co_return std::unexpected(as_found(count.error()));
      left_ = ConstBytes(state_->buffer).first(*count);
    }
    const auto count = std::min(into.size(), left_.size());
    std::ranges::copy(left_.first(count), into.begin());
    left_ = left_.subspan(count);
    co_return count;
  }

 private:
  std::shared_ptr<State> state_;
  store::BlockingPool& pool_;
  ConstBytes left_;
};

bool RemoteSources::Slots::take(const std::string& account) {
  const std::lock_guard lock(mutex_);
  if (taken_ == kAtOnce || of_account_[account] == kOfAccount) return false;
  ++taken_;
  ++of_account_[account];
  return true;
}

void RemoteSources::Slots::give_back(const std::string& account) {
  const std::lock_guard lock(mutex_);
  --taken_;
  const auto of = of_account_.find(account);
  if (--of->second == 0) of_account_.erase(of);
}

Task<Result<RemoteSources::Opened>> RemoteSources::open(const std::string& account,
                                                        http::RemoteRequest request) {
  if (!slots_.take(account))
    co_return fail(Code::ServerBusy, "Too many copies from other servers are under way; try again later.");
  auto state = std::make_shared<RemoteInput::State>(slots_, account);
  request.stop = &stopping_;
  auto work = pool_.start([this, state, request = std::move(request)]() mutable {
    return http::RemoteBody::open(rules_, std::move(request));
  });
  state->body = CO_TRY(co_await work.wait());
  auto head = state->body->head();
  co_return Opened{std::move(head), std::make_unique<RemoteInput>(std::move(state), pool_)};
}

Task<Result<RemoteSource>> open_remote(Call& call, const SourceAddress& address, std::uint64_t most) {
  if (CO_TRY(parse_source_conditions(call.headers())).if_tags)
    co_return fail(Code::UnsupportedHeader, "Only sources on this server can be asked for their tags.");
  const auto range = CO_TRY(parse_source_range(call.headers()));
  auto request = CO_TRY(request_of(call, address));
  auto opened = co_await call.remotes->open(call.address.account.text(), std::move(request));
  if (!opened && opened.error().code == Code::ServerBusy) co_return std::unexpected(opened.error());
  if (opened && (opened->head.status == 304 || opened->head.status == 412))
    co_return fail(Code::SourceConditionNotMet, "A condition on the source of the copy does not hold.");
  const auto length = opened ? length_of(opened->head, range.has_value())
                             : Result<std::uint64_t>(std::unexpect, as_found(opened.error()));
  if (!length) {
    call.source_error = length.error();
    co_return std::unexpected(operations::unreadable_source(length.error()));
  }
  if (*length > most)
    co_return fail(Code::RequestBodyTooLarge,
                   fmt::format("The source has {} bytes; this takes at most {}.", *length, most));
  co_return RemoteSource{std::move(opened->head), {std::move(opened->body), *length}};
}

blobs::ContentHeaders content_of(const http::ClientAnswer& head) {
  http::Headers headers;
  // The digest is computed here.
  for (const auto& [name, value] : head.headers)
    if (!http::equal_ignoring_case(name, "x-ms-blob-content-md5")) headers.add(name, value);
  auto content = parse_put_content_headers(headers);
  return content ? *std::move(content) : blobs::ContentHeaders();
}

blobs::Metadata metadata_of(const http::ClientAnswer& head) {
  http::Headers headers;
  for (const auto& [name, value] : head.headers) headers.add(name, value);
  auto metadata = parse_metadata(headers);
  return metadata ? *std::move(metadata) : blobs::Metadata();
}

}  // namespace vitrine::azure::blob
