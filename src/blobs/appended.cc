#include "blobs/appended.h"

#include "blobs/sealed.h"
#include "crypto/mac.h"

namespace vitrine::blobs {
namespace {

Result<void> check(const BlobHead& head, const ArrivedBody& body, const AppendConditions& conditions) {
  const auto& appended = std::get<AppendedBlocks>(head.layout);
  if (appended.sealed)
    return fail(Code::BlobIsSealed, "The append blob is sealed; nothing can be added to it.");
  if (body.piece.length == 0) return fail(Code::InvalidInput, "An appended block has at least one byte.");
  if (conditions.position && *conditions.position != head.size)
    return fail(Code::AppendPositionConditionNotMet,
                "The blob does not end where the block was to be appended; look at its size and try again.");
  if (conditions.most_size &&
      (head.size > *conditions.most_size || body.piece.length > *conditions.most_size - head.size))
    return fail(Code::MaxBlobSizeConditionNotMet, "The blob would become longer than the request allows.");
  if (appended.blocks.size() >= kMostBlocks)
    return fail(Code::BlockCountExceedsLimit, "An append blob has at most 50,000 blocks; begin another one.");
  return {};
}

}  // namespace

void make_appended(BlobHead& head) {
  head.layout = AppendedBlocks{.rows = {crypto::random_number()}};
  head.size = 0;
  head.content_root = tlog::empty_root();
}

Result<ContentChange> append(BlobHead& head, const ContainerId& container, const keys::DataKeys& keys,
                             const ArrivedBody& body, const AppendConditions& conditions) {
  TRY(check(head, body, conditions));
  auto& appended = std::get<AppendedBlocks>(head.layout);
  head.size += body.piece.length;
  appended.blocks.append(piece_leaf(body.piece));
  head.content_root = appended.blocks.root();
  ContentChange change;
  body.adopt_into(change.adopts, change.writes, container, keys);
  change.writes.push_back(
      seal(keys, appended_key(container, appended.rows, head.size), encode_appended(body.piece)));
  return change;
}

Result<std::vector<AppendedPiece>> appended_pieces(const store::Store& store, const keys::DataKeys& keys,
                                                   const ContainerId& container, const BlobHead& head,
                                                   const Interval& range) {
  std::vector<AppendedPiece> pieces;
  if (range.empty()) return pieces;
  auto rows = std::get<AppendedBlocks>(head.layout).rows;
  auto scanner = TRY(store.scanner(store::Table::Rows, appended_key(container, rows, range.begin + 1).bytes,
                                   appended_key(container, rows, kNow).bytes));
  for (auto at = range.begin; at < range.end;) {
    auto row = TRY(scanner.next());
    if (!row) return fail(Code::Corrupt, "A block of an append blob is missing from the store.");
    auto end = TRY(parse_content_key(row->key)).end;
    auto value = TRY(open(keys, {store::Table::Rows, std::string(row->key)}, row->value));
    auto piece = TRY(decode_appended(value, end));
    if (end - piece.length > at)
      return fail(Code::Corrupt, "A block of an append blob is missing from the store.");
    pieces.push_back({end - piece.length, piece});
    at = end;
  }
  return pieces;
}

}  // namespace vitrine::blobs
