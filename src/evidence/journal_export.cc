#include "evidence/journal_export.h"

#include <boost/json.hpp>

#include "base/encoding.h"

namespace vitrine::evidence {
namespace {

namespace json = boost::json;

constexpr std::string_view kFormat = "vitrine-journal-v1";

}  // namespace

Result<json::value> journal_head_json(const SealedHead& sealed) {
  json::object document{{"format", kFormat},
                        {"journal",
                         {{"id", to_base64(sealed.head.journal.bytes)},
                          {"size", sealed.head.size},
                          {"root", to_base64(sealed.head.root)}}}};
  TRY(write_sealed(sealed, document));
  return json::value(std::move(document));
}

Result<std::string> write_journal_head(const SealedHead& sealed) {
  return json::serialize(TRY(journal_head_json(sealed)));
}

Result<SealedHead> read_journal_head(std::string_view document) {
  auto parsed = TRY(parse_json(document));
  JsonNode root(parsed);
  TRY(TRY(root.at("format")).must_be(kFormat));
  SealedHead sealed;
  auto journal = TRY(root.at("journal"));
  sealed.head.journal.bytes = TRY(TRY(journal.at("id")).bytes32());
  sealed.head.size = TRY(TRY(journal.at("size")).number());
  sealed.head.root = TRY(TRY(journal.at("root")).bytes32());
  TRY(read_sealed(root, sealed));
  return sealed;
}

Result<Digest> leaf_of_entry(ConstBytes entry, const JournalId& journal) {
  const auto record = TRY(decode_shown(entry));
  if (record.journal != journal)
    return fail(Code::VerificationFailed, "The record is one of another journal: it was put in here.");
  return leaf(record);
}

}  // namespace vitrine::evidence
