#include "operations/copy_source.h"

#include <algorithm>

#include "operations/settle.h"

namespace vitrine::operations {
namespace {

bool is_of_state(Code code) {
  return code == Code::ConditionNotMet || code == Code::NotModified || code == Code::UnsatisfiableCondition;
}

/// What holds of the blob; otherwise why it cannot be read.
Result<blobs::ByteRange> select(const BlobView& view, const CopySource& source, Timestamp now,
                                bool even_archived) {
  if (auto missing = view.missing()) return std::unexpected(std::move(*missing));
  auto fit = blobs::check(source.conditions, blobs::kReadBlob, view.state(now));
  if (!fit && is_of_state(fit.error().code))
    return fail(Code::SourceConditionNotMet, "A condition on the source of the copy does not hold.");
  TRY(std::move(fit));
  const auto range = TRY(cut(source.range, view.head->size));
  if (!even_archived) TRY(blobs::check_online(view.head->attributes, now));
  TRY(blobs::check_key(view.head->attributes, nullptr));
  return range;
}

Error worded(CopySource& source, const Error& found) {
  if (found.code == Code::SourceConditionNotMet || found.code == Code::PolicyDenied || source.tells_why)
    return found;
  source.found = found;
  return unreadable_source(found);
}

}  // namespace

unsigned status_of_source(const Error& found) {
  const auto status = http_status(found.code);
  // The copy itself is authenticated; what is missing is a right.
  return status == 401 || found.code == Code::InvalidAuthenticationInfo ? 403 : status;
}

Error unreadable_source(const Error& found) {
  return {Code::CannotVerifyCopySource, "The source of the copy cannot be read: " + found.message, {}};
}

Task<Result<OpenedSource>> open_source(const Floors& floors, CopySource& source, bool even_archived) {
  auto view = CO_TRY(look_up(floors, source.blob));
  auto range = select(view, source, floors.clock.now(), even_archived);
  const auto bytes = range ? static_cast<std::int64_t>(range->length) : 0;
  auto decision = floors.gate.decide(source.exchange, {.action = policy::actions::kBlobGet,
                                                       .resource = resource(source.blob),
                                                       .bounds = {.items = 1, .bytes = bytes}});
  if (!range) {
    const auto error =
        co_await refuse(floors, source.exchange, std::move(decision), view.guards, range.error());
    const bool is_told = error.code == range.error().code || error.code == Code::PolicyDenied;
    co_return std::unexpected(is_told ? worded(source, error) : error);
  }
  auto committed = co_await floors.ledger.commit(source.exchange, std::move(decision),
                                                 {.status = source.range ? 206u : 200u,
                                                  .version = version_of(source.blob),
                                                  .content_root = view.head->content_root},
                                                 {.guards = view.guards});
  co_return OpenedSource{std::move(view), *range, CO_TRY(std::move(committed))};
}

Result<Download> download(const Floors& floors, const CopySource& source, const OpenedSource& opened,
                          blobs::ByteRange range) {
  const auto& view = opened.view;
  auto content = TRY(blobs::PinnedContent::fetch(floors.store, view.keys, view.container->id, *view.head,
                                                 range, view.is_past()));
  return Download(TRY(blobs::BodyReader::open(opened.committed, floors.store, std::move(content))),
                  floors.gate, source.blob.account.text());
}

Task<Error> refuse_for_source(const Floors& floors, policy::Exchange& exchange, const policy::Intent& intent,
                              const std::optional<Error>& found, Error error) {
  auto attempt = [&]() -> Task<Result<ledger::Committed>> {
    auto outcome = ledger::Outcome::refusal(error);
    if (found && error.code == Code::CannotVerifyCopySource) outcome.status = status_of_source(*found);
    co_return co_await floors.ledger.commit(exchange, floors.gate.decide(exchange, intent), outcome);
  };
  auto committed = co_await until_settled(attempt);
  co_return committed ? std::move(error) : std::move(committed).error();
}

Task<Result<std::size_t>> SourceInput::read(MutableBytes into) {
  if (left_.empty()) left_ = CO_TRY(co_await download_.next());
  const auto count = std::min(into.size(), left_.size());
  std::ranges::copy(left_.first(count), into.begin());
  left_ = left_.subspan(count);
  co_return count;
}

Task<Result<std::size_t>> InputPart::read(MutableBytes into) {
  if (left_ == 0) co_return std::size_t{0};
  const auto count = CO_TRY(co_await input_.read(into.first(std::min<std::uint64_t>(into.size(), left_))));
  left_ -= count;
  co_return count;
}

Task<Result<SourceBody>> read_source(const Floors& floors, policy::Exchange& exchange,
                                     const policy::Intent& intent, CopySource& source) {
  auto attempt = [&]() -> Task<Result<SourceBody>> {
    const auto opened = CO_TRY(co_await open_source(floors, source));
    auto body = CO_TRY(download(floors, source, opened, opened.range));
    co_return SourceBody{std::make_unique<SourceInput>(std::move(body)), opened.range.length};
  };
  auto body = co_await until_settled(floors.turns, source.blob, attempt);
  if (!body)
    co_return std::unexpected(
        co_await refuse_for_source(floors, exchange, intent, source.found, body.error()));
  co_return std::move(*body);
}

}  // namespace vitrine::operations
