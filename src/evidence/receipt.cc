#include "evidence/receipt.h"

#include <boost/json.hpp>

#include "base/encoding.h"
#include "evidence/json_node.h"

namespace vitrine::evidence {
namespace {

namespace json = boost::json;

constexpr std::string_view kLevel = "sealed";

ReceiptRecord record_of(const Receipt& receipt) {
  return {receipt.sealed.head.journal, receipt.index, receipt.commitments, receipt.opened};
}

}  // namespace

Result<json::value> receipt_json(const Receipt& receipt) {
  const auto& head = receipt.sealed.head;
  json::object document{
      {"format", kReceiptFormat},
      {"level", kLevel},
      {"record", TRY(record_json(record_of(receipt)))},
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
  TRY(TRY(root.at("format")).must_be(kReceiptFormat));
  TRY(TRY(root.at("level")).must_be(kLevel));
  Receipt receipt;
  auto record = TRY(read_record(TRY(root.at("record"))));
  receipt.index = record.index;
  receipt.commitments = record.commitments;
  receipt.opened = std::move(record.opened);
  receipt.sealed.head.journal = record.journal;

  auto journal = TRY(root.at("journal"));
  receipt.sealed.head.size = TRY(TRY(journal.at("size")).number());
  receipt.sealed.head.root = TRY(TRY(journal.at("root")).bytes32());
  receipt.journal_path = TRY(TRY(journal.at("path")).proof());
  TRY(read_sealed(root, receipt.sealed));
  return receipt;
}

}  // namespace vitrine::evidence
