// What is kept of one decision, and the leaf that stands for it in the journal. (docs/formats/record.md)
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <variant>

#include "evidence/facets.h"

namespace vitrine::evidence {

inline constexpr std::uint64_t kRecordVersion = 1;

/// Names a journal; random, chosen with the account.
struct JournalId {
  std::array<std::uint8_t, 32> bytes{};
  auto operator<=>(const JournalId&) const = default;
};

/// Random bytes that keep a commitment from being guessed. Never used twice.
struct Salt {
  std::array<std::uint8_t, 32> bytes{};
  bool operator==(const Salt&) const = default;
};

enum class FacetKind : std::uint8_t { Who = 0, What = 1, Why = 2, Outcome = 3 };
inline constexpr std::size_t kFacets = 4;
inline constexpr std::array kFacetKinds = {FacetKind::Who, FacetKind::What, FacetKind::Why,
                                           FacetKind::Outcome};
/// "who", "what", "why", "outcome".
std::string_view name(FacetKind kind);

/// One part of a record as it is stored, and opened to whoever may see it.
struct Facet {
  Salt salt;
  Bytes cbor;
  bool operator==(const Facet&) const = default;
};

/// SHA-256("vitrine-facet-v1\n" ‖ kind ‖ salt ‖ cbor): binds to the facet and says nothing about it.
Digest commitment(FacetKind kind, const Facet& facet);

/// What a record says, readable.
struct RecordContents {
  Who who;
  What what;
  Why why;
  Outcome outcome;
  bool operator==(const RecordContents&) const = default;
};

/// By FacetKind.
using Salts = std::array<Salt, kFacets>;
using Commitments = std::array<Digest, kFacets>;

struct Record {
  JournalId journal;
  /// By FacetKind.
  std::array<Facet, kFacets> facets;
  bool operator==(const Record&) const = default;
};

/// The salts must be fresh from crypto::fill_random().
Record make_record(const JournalId& journal, const RecordContents& contents, const Salts& salts);
/// Errors: Corrupt.
Result<RecordContents> read_contents(const Record& record);

Commitments commitments(const Record& record);
/// CBOR [version, journal id, four commitments]: what the journal's tree is made of.
Bytes leaf_data(const JournalId& journal, const Commitments& commitments);
/// RFC 9162 leaf hash of leaf_data().
Digest leaf(const Record& record);

/// A facet as somebody is shown it, or as it was left: open, or closed, when its commitment alone is there.
using ShownFacet = std::variant<Digest, Facet>;

/// A record of which facets may be closed: erased, withheld, or not for everybody.
struct ShownRecord {
  JournalId journal;
  /// By FacetKind.
  std::array<ShownFacet, kFacets> facets;
  bool operator==(const ShownRecord&) const = default;
};

/// With every facet open.
ShownRecord shown(Record record);
/// Closing a facet changes none of the commitments.
Commitments commitments(const ShownRecord& record);
Digest leaf(const ShownRecord& record);
void close(FacetKind kind, ShownRecord& record);
/// Null where it is closed.
const Facet* open_facet(const ShownRecord& record, FacetKind kind);

/// The stored form: CBOR [version, journal id, four × facet], a facet [salt, cbor] where it is open and the
/// commitment's bytes where it is closed.
Bytes encode_record(const Record& record);
Bytes encode_shown(const ShownRecord& record);
/// Strict: also every open facet must decode, and the whole must be what encode_shown() makes of it.
/// Errors: Corrupt.
Result<ShownRecord> decode_shown(ConstBytes bytes);
/// The same, of a record with every facet open.
Result<Record> decode_record(ConstBytes bytes);

}  // namespace vitrine::evidence
