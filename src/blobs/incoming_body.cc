#include "blobs/incoming_body.h"

#include <fmt/format.h>

#include "blobs/sealed.h"
#include "crypto/mac.h"

namespace vitrine::blobs {
namespace {

constexpr std::size_t kReadBytes = 256 * 1024;

/// The digests over the body that were asked for.
class Digests {
 public:
  explicit Digests(const ReceiveOptions& options) : checks_(options.checks) {
    if (options.compute_md5 || checks_.md5) md5_.emplace();
    if (checks_.crc64) crc64_.emplace();
  }

  void update(ConstBytes data) {
    if (md5_) md5_->update(data);
    if (crc64_) crc64_->update(data);
  }

  Result<std::optional<crypto::Md5Digest>> finish() {
    std::optional<crypto::Md5Digest> md5;
    if (md5_) md5 = md5_->finish();
    if (checks_.md5 && *checks_.md5 != *md5)
      return fail(Code::Md5Mismatch,
                  "The body does not have the Content-MD5 that was sent with it; send it again.");
    if (crc64_ && crc64_->value() != *checks_.crc64)
      return fail(Code::Crc64Mismatch,
                  "The body does not have the x-ms-content-crc64 that was sent with it; send it again.");
    return md5;
  }

 private:
  TransferChecks checks_;
  std::optional<crypto::Md5> md5_;
  std::optional<crypto::Crc64> crc64_;
};

Result<void> check_growth(const ReceiveOptions& options, std::uint64_t received) {
  if (received > options.most)
    return fail(Code::RequestBodyTooLarge, fmt::format("The body is larger than {} bytes.", options.most));
  return {};
}

/// Reads until `bytes` is full or the body ends. Errors: those of the input.
Task<Result<void>> fill(BodyInput& input, Bytes& bytes) {
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    auto count = CO_TRY(co_await input.read(MutableBytes(bytes).subspan(filled)));
    if (count == 0) break;
    filled += count;
  }
  bytes.resize(filled);
  co_return Result<void>{};
}

ArrivedBody inline_body(Bytes bytes, std::optional<crypto::Md5Digest> md5) {
  return {.piece = {.length = bytes.size(),
                    .digest = crypto::sha256(bytes),
                    .place = BodyNumber{crypto::random_number()}},
          .md5 = md5,
          .segment = {},
          .inline_bytes = std::move(bytes)};
}

Task<Result<ArrivedBody>> stream_to_segment(store::Store& store, const keys::DataKey& key, BodyInput& input,
                                            const ReceiveOptions& options, Bytes start, Digests digests) {
  auto writer = store.new_segment(key, options.length);
  std::uint64_t received = 0;
  for (Bytes chunk = std::move(start); !chunk.empty();) {
    received += chunk.size();
    CO_TRY(check_growth(options, received));
    digests.update(chunk);
    CO_TRY(co_await writer->append(chunk));
    chunk.resize(kReadBytes);
    CO_TRY(co_await fill(input, chunk));
  }
  auto md5 = CO_TRY(digests.finish());
  auto segment = CO_TRY(co_await writer->finish());
  co_return ArrivedBody{.piece = {segment.length(), segment.digest(), segment.id()},
                        .md5 = md5,
                        .segment = segment,
                        .inline_bytes = {}};
}

}  // namespace

void ArrivedBody::adopt_into(std::vector<store::Segment>& adopts, std::vector<store::Write>& writes,
                             const ContainerId& container, const keys::DataKeys& keys) const {
  if (segment) adopts.push_back(*segment);
  if (auto* number = std::get_if<BodyNumber>(&piece.place); number && piece.length > 0)
    writes.push_back(
        seal_content(keys, {store::Table::Bodies, body_key(container, *number)}, as_text(inline_bytes)));
}

Task<Result<ArrivedBody>> receive(store::Store& store, const keys::DataKey& key, BodyInput& input,
                                  ReceiveOptions options) {
  if (options.length) CO_TRY(check_growth(options, *options.length));
  Digests digests(options);
  auto threshold = store.inline_threshold();
  bool may_be_inline = options.inline_if_small && (!options.length || *options.length <= threshold);
  // One byte more than the threshold tells whether a body of unknown length is still small.
  Bytes start(may_be_inline ? options.length.value_or(threshold) + 1 : kReadBytes);
  CO_TRY(co_await fill(input, start));
  if (may_be_inline && start.size() <= threshold) {
    CO_TRY(check_growth(options, start.size()));
    if (options.length && start.size() != *options.length)
      co_return fail(Code::InvalidInput, "The body is not as long as its Content-Length says.");
    digests.update(start);
    co_return inline_body(std::move(start), CO_TRY(digests.finish()));
  }
  co_return co_await stream_to_segment(store, key, input, options, std::move(start), std::move(digests));
}

}  // namespace vitrine::blobs
