#include "evidence/promise.h"

#include <algorithm>

#include "base/cbor.h"
#include "base/encoding.h"
#include "evidence/cbor_items.h"

namespace vitrine::evidence {
namespace {

constexpr std::string_view kRecordDomain = "vitrine-promised-record-v1";
constexpr std::string_view kStatementDomain = "vitrine-promise-statement-v1";
constexpr std::string_view kKind = "vitrine-promise";
constexpr std::uint64_t kVersion = 1;
/// No tree has a longer path.
constexpr std::size_t kLongestPath = 64;
/// A promise has a few hundred bytes; whoever sends more sends something else.
constexpr std::size_t kLongestText = 8192;

void write(CborWriter& writer, const RoundStatement& statement) {
  writer.array(6).text(kStatementDomain).text(statement.origin).bytes(statement.root);
  writer.unsigned_int(statement.size)
      .integer(statement.time.time_since_epoch().count())
      .unsigned_int(statement.seal);
}

Result<void> expect_text(CborReader& in, std::string_view expected) {
  if (TRY(in.text()) == expected) return {};
  return fail(Code::Corrupt, "This is not a promise, or of a version that this program does not read.");
}

Result<RoundStatement> read_statement(CborReader& in) {
  TRY(in.array(6));
  TRY(expect_text(in, kStatementDomain));
  RoundStatement out;
  out.origin = TRY(in.text());
  out.root = TRY(read_bytes32(in));
  out.size = TRY(in.unsigned_int());
  out.time = TRY(read_time<std::chrono::seconds>(in));
  out.seal = TRY(in.unsigned_int());
  return out;
}

Result<PromisedRecord> read_record(CborReader& in) {
  TRY(in.array(3));
  PromisedRecord out;
  out.journal.bytes = TRY(read_bytes32(in));
  out.index = TRY(in.unsigned_int());
  out.leaf = TRY(read_bytes32(in));
  return out;
}

Result<std::uint32_t> read_key_id(CborReader& in) {
  const auto id = TRY(in.unsigned_int());
  if (id > UINT32_MAX) return fail(Code::Corrupt, "A key's id has four bytes at most.");
  return static_cast<std::uint32_t>(id);
}

}  // namespace

Digest promised_leaf(const PromisedRecord& record) {
  CborWriter writer;
  writer.array(4).text(kRecordDomain).bytes(record.journal.bytes).unsigned_int(record.index);
  writer.bytes(record.leaf);
  return tlog::leaf_hash(writer.view());
}

Bytes encode(const RoundStatement& statement) {
  CborWriter writer;
  write(writer, statement);
  return writer.take();
}

PromisedRound::PromisedRound(std::vector<PromisedRecord> records, const RoundTerms& terms,
                             const tlog::NoteKey& log, const crypto::SigningKey& key)
    : records_(std::move(records)), tree_(std::make_unique<tlog::MemoryTree>()) {
  for (const auto& record : records_) tree_->append(promised_leaf(record));
  common_.round = {.origin = log.name(),
                   .root = tree_->root(),
                   .size = tree_->size(),
                   .time = terms.time,
                   .seal = terms.seal};
  common_.key_id = log.id();
  common_.signature = key.sign(encode(common_.round));
}

Promise PromisedRound::promise(std::size_t position) const {
  auto out = common_;
  out.record = records_[position];
  out.position = position;
  // The tree is in memory, and holds the leaf; reading it changes nothing in it.
  out.path = tlog::prove_inclusion(*tree_, position, tree_->size()).value();
  return out;
}

Bytes encode_promise(const Promise& promise) {
  CborWriter writer(512);
  writer.array(8).text(kKind).unsigned_int(kVersion);
  write(writer, promise.round);
  writer.unsigned_int(promise.key_id).bytes(promise.signature);
  writer.array(3).bytes(promise.record.journal.bytes).unsigned_int(promise.record.index);
  writer.bytes(promise.record.leaf);
  writer.unsigned_int(promise.position).array(promise.path.size());
  for (const auto& digest : promise.path) writer.bytes(digest);
  return writer.take();
}

Result<Promise> decode_promise(ConstBytes cbor) {
  CborReader in(cbor);
  TRY(in.array(8));
  TRY(expect_text(in, kKind));
  if (TRY(in.unsigned_int()) != kVersion)
    return fail(Code::Corrupt,
                "The promise is of a version that this program does not read; use a newer one.");
  Promise out;
  out.round = TRY(read_statement(in));
  out.key_id = TRY(read_key_id(in));
  std::ranges::copy(TRY(in.bytes(out.signature.size())), out.signature.begin());
  out.record = TRY(read_record(in));
  out.position = TRY(in.unsigned_int());
  for (auto left = TRY(in.array_up_to(kLongestPath)); left > 0; --left)
    out.path.push_back(TRY(read_bytes32(in)));
  TRY(in.end());
  return out;
}

std::string promise_text(const Promise& promise) {
  return to_base64(encode_promise(promise));
}

Result<Promise> parse_promise(std::string_view text) {
  constexpr std::string_view kAround = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kAround), text.size()));
  text = text.substr(0, text.find_last_not_of(kAround) + 1);
  if (text.size() > kLongestText) return fail(Code::Corrupt, "The text is too long for a promise.");
  const auto cbor = from_base64(text);
  if (!cbor && text.size() % 4 == 0) return fail(Code::Corrupt, "The text is not base64.");
  if (!cbor) return fail(Code::Corrupt, "The text is not whole base64: it was cut off.");
  return decode_promise(*cbor);
}

}  // namespace vitrine::evidence
