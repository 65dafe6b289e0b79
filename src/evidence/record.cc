#include "evidence/record.h"

#include <fmt/format.h>

#include "base/cbor.h"
#include "evidence/cbor_items.h"

namespace vitrine::evidence {
namespace {

constexpr std::string_view kFacetDomain = "vitrine-facet-v1\n";

constexpr std::size_t kItemOverhead = 16;  // at least the CBOR heads of a facet, and of the record

constexpr std::size_t position(FacetKind kind) {
  return static_cast<std::size_t>(kind);
}

Result<void> check_facet(FacetKind kind, ConstBytes cbor) {
  switch (kind) {
    case FacetKind::Who:
      TRY(decode_who(cbor));
      break;
    case FacetKind::What:
      TRY(decode_what(cbor));
      break;
    case FacetKind::Why:
      TRY(decode_why(cbor));
      break;
    case FacetKind::Outcome:
      TRY(decode_outcome(cbor));
      break;
  }
  return {};
}

Result<ShownFacet> read_facet(CborReader& in, FacetKind kind) {
  if (!in.at_array()) return ShownFacet(TRY(read_bytes32(in)));
  TRY(in.array(2));
  Facet facet{{TRY(read_bytes32(in))}, to_bytes(TRY(in.bytes()))};
  TRY(check_facet(kind, facet.cbor));
  return ShownFacet(std::move(facet));
}

}  // namespace

std::string_view name(FacetKind kind) {
  constexpr std::string_view kNames[] = {"who", "what", "why", "outcome"};
  return kNames[position(kind)];
}

Digest commitment(FacetKind kind, const Facet& facet) {
  thread_local Bytes input;
  input.assign(kFacetDomain.begin(), kFacetDomain.end());
  input.push_back(static_cast<std::uint8_t>(kind));
  append(input, facet.salt.bytes);
  append(input, facet.cbor);
  return crypto::sha256(input);
}

Record make_record(const JournalId& journal, const RecordContents& contents, const Salts& salts) {
  return {journal,
          {Facet{salts[position(FacetKind::Who)], encode(contents.who)},
           Facet{salts[position(FacetKind::What)], encode(contents.what)},
           Facet{salts[position(FacetKind::Why)], encode(contents.why)},
           Facet{salts[position(FacetKind::Outcome)], encode(contents.outcome)}}};
}

Result<RecordContents> read_contents(const Record& record) {
  return RecordContents{TRY(decode_who(record.facets[position(FacetKind::Who)].cbor)),
                        TRY(decode_what(record.facets[position(FacetKind::What)].cbor)),
                        TRY(decode_why(record.facets[position(FacetKind::Why)].cbor)),
                        TRY(decode_outcome(record.facets[position(FacetKind::Outcome)].cbor))};
}

Commitments commitments(const Record& record) {
  Commitments all;
  for (auto kind : kFacetKinds) all[position(kind)] = commitment(kind, record.facets[position(kind)]);
  return all;
}

Bytes leaf_data(const JournalId& journal, const Commitments& commitments) {
  CborWriter out(kItemOverhead + (1 + kFacets) * (kItemOverhead + journal.bytes.size()));
  out.array(2 + kFacets).unsigned_int(kRecordVersion).bytes(journal.bytes);
  for (const auto& one : commitments) out.bytes(one);
  return out.take();
}

Digest leaf(const Record& record) {
  return tlog::leaf_hash(leaf_data(record.journal, commitments(record)));
}

ShownRecord shown(Record record) {
  ShownRecord out{record.journal, {}};
  for (std::size_t i = 0; i < kFacets; ++i) out.facets[i] = std::move(record.facets[i]);
  return out;
}

Commitments commitments(const ShownRecord& record) {
  Commitments all;
  for (auto kind : kFacetKinds) {
    const auto& facet = record.facets[position(kind)];
    const auto* closed = std::get_if<Digest>(&facet);
    all[position(kind)] = closed ? *closed : commitment(kind, std::get<Facet>(facet));
  }
  return all;
}

Digest leaf(const ShownRecord& record) {
  return tlog::leaf_hash(leaf_data(record.journal, commitments(record)));
}

void close(FacetKind kind, ShownRecord& record) {
  auto& facet = record.facets[position(kind)];
  if (const auto* open = std::get_if<Facet>(&facet)) facet = commitment(kind, *open);
}

const Facet* open_facet(const ShownRecord& record, FacetKind kind) {
  return std::get_if<Facet>(&record.facets[position(kind)]);
}

Bytes encode_record(const Record& record) {
  auto size = kItemOverhead + record.journal.bytes.size();
  for (const auto& facet : record.facets) size += kItemOverhead + facet.salt.bytes.size() + facet.cbor.size();
  CborWriter out(size);
  out.array(2 + kFacets).unsigned_int(kRecordVersion).bytes(record.journal.bytes);
  for (const auto& facet : record.facets) out.array(2).bytes(facet.salt.bytes).bytes(facet.cbor);
  return out.take();
}

Bytes encode_shown(const ShownRecord& record) {
  CborWriter out;
  out.array(2 + kFacets).unsigned_int(kRecordVersion).bytes(record.journal.bytes);
  for (const auto& facet : record.facets) {
    if (const auto* open = std::get_if<Facet>(&facet))
      out.array(2).bytes(open->salt.bytes).bytes(open->cbor);
    else
      out.bytes(std::get<Digest>(facet));
  }
  return out.take();
}

Result<ShownRecord> decode_shown(ConstBytes bytes) {
  CborReader in(bytes);
  TRY(in.array(2 + kFacets));
  if (TRY(in.unsigned_int()) != kRecordVersion)
    return fail(Code::Corrupt,
                "The record is of a version that this program does not read; use a newer one.");
  ShownRecord record{{TRY(read_bytes32(in))}, {}};
  for (auto kind : kFacetKinds) record.facets[position(kind)] = TRY(read_facet(in, kind));
  TRY(in.end());
  if (std::ranges::equal(encode_shown(record), bytes)) return record;
  return fail(Code::Corrupt, "The record is not in the one form that it has.");
}

Result<Record> decode_record(ConstBytes bytes) {
  auto read = TRY(decode_shown(bytes));
  Record record{read.journal, {}};
  for (auto kind : kFacetKinds) {
    auto* open = std::get_if<Facet>(&read.facets[position(kind)]);
    if (!open) return fail(Code::Corrupt, fmt::format("Facet '{}' of the record is closed.", name(kind)));
    record.facets[position(kind)] = std::move(*open);
  }
  return record;
}

}  // namespace vitrine::evidence
