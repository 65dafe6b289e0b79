// The promise: signed before any seal has a record, that a seal will. (docs/formats/promise.md)
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/signature.h"
#include "evidence/record.h"
#include "evidence/seal.h"
#include "tlog/merkle.h"
#include "tlog/note.h"

namespace vitrine::evidence {

/// What is promised: that this leaf stands in this journal at this index.
struct PromisedRecord {
  JournalId journal;
  std::uint64_t index = 0;
  /// Of the journal's tree.
  Digest leaf{};
  bool operator==(const PromisedRecord&) const = default;
};

/// Its leaf in the tree over the round's records: the RFC 9162 leaf hash of CBOR
/// ["vitrine-promised-record-v1", journal id, index, leaf].
Digest promised_leaf(const PromisedRecord& record);

/// What one signature says of all records of a round.
struct RoundStatement {
  /// The log's name.
  std::string origin;
  /// Of the tree over promised_leaf() of each, an RFC 9162 tree; and how many those are.
  Digest root{};
  std::uint64_t size = 0;
  /// The operator's claim.
  Seconds time;
  /// The seal of this number has the records, and so has every later one; an earlier one may.
  std::uint64_t seal = 0;
  bool operator==(const RoundStatement&) const = default;
};

/// What the log's key signs: CBOR ["vitrine-promise-statement-v1", origin, root, size, time, seal].
Bytes encode(const RoundStatement& statement);

/// One record's share of a round.
struct Promise {
  RoundStatement round;
  /// As in the log's signed notes.
  std::uint32_t key_id = 0;
  crypto::Ed25519Signature signature{};
  PromisedRecord record;
  /// The record's leaf among the round's, and the way from it to the root (RFC 9162 §2.1.3).
  std::uint64_t position = 0;
  tlog::Proof path;
  bool operator==(const Promise&) const = default;
};

/// When a round is promised, and for which seal.
struct RoundTerms {
  Seconds time;
  std::uint64_t seal = 0;
};

/// Records that one signature promises.
class PromisedRound {
 public:
  /// Signs. Precondition: there is a record.
  PromisedRound(std::vector<PromisedRecord> records, const RoundTerms& terms, const tlog::NoteKey& log,
                const crypto::SigningKey& key);
  /// That of the record at this position in the order given. Several threads may ask at once.
  [[nodiscard]] Promise promise(std::size_t position) const;

 private:
  std::vector<PromisedRecord> records_;
  std::unique_ptr<tlog::MemoryTree> tree_;
  Promise common_;  ///< what the promises of the round share
};

/// CBOR ["vitrine-promise", 1, statement, key id, signature, [journal id, index, leaf], position, [path …]].
Bytes encode_promise(const Promise& promise);
/// Strict; whether it is signed is not looked at. Errors: Corrupt.
Result<Promise> decode_promise(ConstBytes cbor);

/// As the header of an answer carries it: base64 of encode_promise().
std::string promise_text(const Promise& promise);
/// Spaces and line ends around the text are no part of it. Errors: Corrupt.
Result<Promise> parse_promise(std::string_view text);

}  // namespace vitrine::evidence
