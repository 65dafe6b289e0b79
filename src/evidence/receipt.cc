#include "evidence/receipt.h"

#include <boost/json.hpp>

#include "base/encoding.h"
#include "evidence/json_node.h"
#include "evidence/readable.h"

namespace vitrine::evidence {
namespace {

namespace json = boost::json;

constexpr std::string_view kFormat = "vitrine-receipt-v1", kLevel = "sealed";

Result<json::object> facet_to_json(FacetKind kind, const Digest& commitment,
                                   const std::optional<Facet>& opened) {
  json::object out{{"commitment", to_base64(commitment)}};
  if (!opened) return out;
  out["salt"] = to_base64(opened->salt.bytes);
  out["cbor"] = to_base64(opened->cbor);
  out["reads"] = TRY(readable_facet(kind, opened->cbor));
  return out;
}

Result<json::object> record_to_json(const Receipt& receipt) {
  json::object facets;
  for (std::size_t i = 0; i < kFacets; ++i)
    facets[name(kFacetKinds[i])] =
        TRY(facet_to_json(kFacetKinds[i], receipt.commitments[i], receipt.opened[i]));
  return json::object{{"version", kRecordVersion},
                      {"journal", to_base64(receipt.sealed.head.journal.bytes)},
                      {"index", receipt.index},
                      {"facets", std::move(facets)}};
}

Result<void> read_record(const JsonNode& record, Receipt& receipt) {
  if (TRY(TRY(record.at("version")).number()) != kRecordVersion)
    return fail(Code::Corrupt, "/record/version is one that this program does not read; use a newer one.");
  receipt.sealed.head.journal.bytes = TRY(TRY(record.at("journal")).bytes32());
  receipt.index = TRY(TRY(record.at("index")).number());
  auto facets = TRY(record.at("facets"));
  for (std::size_t i = 0; i < kFacets; ++i) {
    auto facet = TRY(facets.at(name(kFacetKinds[i])));
    receipt.commitments[i] = TRY(TRY(facet.at("commitment")).bytes32());
    if (facet.has("salt"))
      receipt.opened[i] = Facet{{TRY(TRY(facet.at("salt")).bytes32())}, TRY(TRY(facet.at("cbor")).bytes())};
  }
  return {};
}

}  // namespace

Result<json::value> receipt_json(const Receipt& receipt) {
  const auto& head = receipt.sealed.head;
  json::object document{
      {"format", kFormat},
      {"level", kLevel},
      {"record", TRY(record_to_json(receipt))},
      {"journal",
       {{"size", head.size}, {"root", to_base64(head.root)}, {"path", proof_to_json(receipt.journal_path)}}}};
  TRY(write_sealed(receipt.sealed, document));
  return json::value(std::move(document));
}

Result<std::string> write_receipt(const Receipt& receipt) {
  return json::serialize(TRY(receipt_json(receipt)));
}

Result<Receipt> read_receipt(std::string_view document) {
  auto parsed = TRY(parse_json(document));
  JsonNode root(parsed);
  TRY(TRY(root.at("format")).must_be(kFormat));
  TRY(TRY(root.at("level")).must_be(kLevel));
  Receipt receipt;
  TRY(read_record(TRY(root.at("record")), receipt));

  auto journal = TRY(root.at("journal"));
  receipt.sealed.head.size = TRY(TRY(journal.at("size")).number());
  receipt.sealed.head.root = TRY(TRY(journal.at("root")).bytes32());
  receipt.journal_path = TRY(TRY(journal.at("path")).proof());
  TRY(read_sealed(root, receipt.sealed));
  return receipt;
}

}  // namespace vitrine::evidence
