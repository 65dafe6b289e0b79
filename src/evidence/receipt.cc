#include "evidence/receipt.h"

#include <boost/json.hpp>

#include "base/encoding.h"
#include "evidence/json_node.h"
#include "evidence/readable.h"

namespace vitrine::evidence {
namespace {

namespace json = boost::json;

constexpr std::string_view kFormat = "vitrine-receipt-v1", kLevel = "sealed";

json::array proof_to_json(const tlog::Proof& proof) {
  json::array out;
  for (const auto& digest : proof) out.push_back(json::string(to_base64(digest)));
  return out;
}

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
                      {"journal", to_base64(receipt.journal.bytes)},
                      {"index", receipt.index},
                      {"facets", std::move(facets)}};
}

Result<json::value> to_json(const Receipt& receipt) {
  json::object journal{{"size", receipt.journal_size},
                       {"root", to_base64(receipt.journal_root)},
                       {"path", proof_to_json(receipt.journal_path)}};
  json::object slot{{"number", receipt.slot},
                    {"salt", to_base64(receipt.slot_salt.bytes)},
                    {"path", proof_to_json(receipt.heads_path)}};
  json::object seal{{"entry", to_base64(receipt.seal_entry)},
                    {"index", receipt.seal_index},
                    {"path", proof_to_json(receipt.log_path)},
                    {"reads", TRY(readable_seal(receipt.seal_entry))}};
  return json::value{{"format", kFormat},
                     {"level", kLevel},
                     {"record", TRY(record_to_json(receipt))},
                     {"journal", std::move(journal)},
                     {"slot", std::move(slot)},
                     {"seal", std::move(seal)},
                     {"checkpoint", receipt.checkpoint}};
}

Result<void> read_record(const JsonNode& record, Receipt& receipt) {
  if (TRY(TRY(record.at("version")).number()) != kRecordVersion)
    return fail(Code::Corrupt, "/record/version is one that this program does not read; use a newer one.");
  receipt.journal.bytes = TRY(TRY(record.at("journal")).bytes32());
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

/// The document without the whitespace between its tokens.
std::string without_whitespace(std::string_view document) {
  std::string out;
  bool in_text = false, escaped = false;
  for (char c : document) {
    if (in_text || !std::string_view(" \t\r\n").contains(c)) out += c;
    if (c == '"' && !escaped) in_text = !in_text;
    escaped = in_text && c == '\\' && !escaped;
  }
  return out;
}

std::optional<std::string> difference(const json::value& given, const json::value& expected,
                                      const std::string& pointer);

std::optional<std::string> difference(const json::object& given, const json::object& expected,
                                      const std::string& pointer) {
  for (const auto& member : given)
    if (!expected.contains(member.key())) return pointer + pointer_step(member.key());
  for (const auto& member : expected) {
    auto step = pointer + pointer_step(member.key());
    const auto* found = given.if_contains(member.key());
    if (!found) return step;
    if (auto inside = difference(*found, member.value(), step)) return inside;
  }
  return std::nullopt;
}

std::optional<std::string> difference(const json::array& given, const json::array& expected,
                                      const std::string& pointer) {
  if (given.size() != expected.size()) return pointer;
  for (std::size_t i = 0; i < given.size(); ++i)
    if (auto inside = difference(given[i], expected[i], pointer + "/" + std::to_string(i))) return inside;
  return std::nullopt;
}

std::optional<std::string> difference(const json::value& given, const json::value& expected,
                                      const std::string& pointer) {
  if (given.is_object() && expected.is_object())
    return difference(given.get_object(), expected.get_object(), pointer);
  if (given.is_array() && expected.is_array())
    return difference(given.get_array(), expected.get_array(), pointer);
  return given == expected ? std::nullopt : std::optional(pointer);
}

}  // namespace

Result<std::string> write_receipt(const Receipt& receipt) {
  return json::serialize(TRY(to_json(receipt)));
}

Result<Receipt> read_receipt(std::string_view document) {
  auto parsed = TRY(parse_json(document));
  JsonNode root(parsed);
  TRY(TRY(root.at("format")).must_be(kFormat));
  TRY(TRY(root.at("level")).must_be(kLevel));
  Receipt receipt;
  TRY(read_record(TRY(root.at("record")), receipt));

  auto journal = TRY(root.at("journal"));
  receipt.journal_size = TRY(TRY(journal.at("size")).number());
  receipt.journal_root = TRY(TRY(journal.at("root")).bytes32());
  receipt.journal_path = TRY(TRY(journal.at("path")).proof());

  auto slot = TRY(root.at("slot"));
  receipt.slot = TRY(TRY(slot.at("number")).number());
  receipt.slot_salt.bytes = TRY(TRY(slot.at("salt")).bytes32());
  receipt.heads_path = TRY(TRY(slot.at("path")).proof());

  auto seal = TRY(root.at("seal"));
  receipt.seal_entry = TRY(TRY(seal.at("entry")).bytes());
  receipt.seal_index = TRY(TRY(seal.at("index")).number());
  receipt.log_path = TRY(TRY(seal.at("path")).proof());
  receipt.checkpoint = TRY(TRY(root.at("checkpoint")).text());
  return receipt;
}

Result<std::optional<std::string>> first_difference(std::string_view document, const Receipt& receipt) {
  auto given = TRY(parse_json(document));
  auto expected = TRY(to_json(receipt));
  if (auto place = difference(given, expected, "")) return place;
  // The same values, yet another text: a member twice, another order, another spelling of a text or number.
  if (without_whitespace(document) != json::serialize(expected)) return std::optional<std::string>("");
  return std::nullopt;
}

}  // namespace vitrine::evidence
