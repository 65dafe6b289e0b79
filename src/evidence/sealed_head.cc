#include "evidence/sealed_head.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/counted.h"
#include "base/encoding.h"
#include "evidence/readable.h"
#include "evidence/refuted.h"

namespace vitrine::evidence {
namespace {

namespace json = boost::json;

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

json::array proof_to_json(const tlog::Proof& proof) {
  json::array out;
  for (const auto& digest : proof) out.push_back(json::string(to_base64(digest)));
  return out;
}

Result<void> write_sealed(const SealedHead& sealed, json::object& document) {
  document["slot"] = {{"number", sealed.slot},
                      {"salt", to_base64(sealed.slot_salt.bytes)},
                      {"path", proof_to_json(sealed.heads_path)}};
  document["seal"] = {{"entry", to_base64(sealed.seal_entry)},
                      {"index", sealed.seal_index},
                      {"path", proof_to_json(sealed.log_path)},
                      {"reads", TRY(readable_seal(sealed.seal_entry))}};
  document["checkpoint"] = sealed.checkpoint;
  return {};
}

Result<void> read_sealed(const JsonNode& document, SealedHead& sealed) {
  auto slot = TRY(document.at("slot"));
  sealed.slot = TRY(TRY(slot.at("number")).number());
  sealed.slot_salt.bytes = TRY(TRY(slot.at("salt")).bytes32());
  sealed.heads_path = TRY(TRY(slot.at("path")).proof());

  auto seal = TRY(document.at("seal"));
  sealed.seal_entry = TRY(TRY(seal.at("entry")).bytes());
  sealed.seal_index = TRY(TRY(seal.at("index")).number());
  sealed.log_path = TRY(TRY(seal.at("path")).proof());
  sealed.checkpoint = TRY(TRY(document.at("checkpoint")).text());
  return {};
}

Result<std::optional<std::string>> first_difference(std::string_view document, const json::value& expected) {
  auto given = TRY(parse_json(document));
  if (auto place = difference(given, expected, "")) return place;
  // The same values, yet another text: a member twice, another order, another spelling of a text or number.
  if (without_whitespace(document) != json::serialize(expected)) return std::optional<std::string>("");
  return std::nullopt;
}

Result<std::string> check_checkpoint(SealedWalk& walk) {
  auto checkpoint = tlog::open_checkpoint(walk.sealed.checkpoint, walk.log);
  if (!checkpoint)
    return refuted(
        "The checkpoint was changed, or signed with another key than the one given; without it nothing here "
        "is proved. {}",
        checkpoint.error().message);
  walk.checkpoint = std::move(*checkpoint);
  return fmt::format("The log '{}' signed its state of {}.", walk.log.name(),
                     counted(walk.checkpoint.size, "entry", "entries"));
}

Result<std::string> check_log(SealedWalk& walk) {
  const auto& sealed = walk.sealed;
  auto included = tlog::verify_inclusion(tlog::leaf_hash(sealed.seal_entry), sealed.seal_index,
                                         walk.checkpoint.size, sealed.log_path, walk.checkpoint.root);
  if (!included)
    return refuted("The seal is not in the log that was signed: its bytes, index or path were changed. {}",
                   included.error().message);
  return fmt::format("The seal is entry {} of the public log.", sealed.seal_index);
}

Result<std::string> check_seal(SealedWalk& walk) {
  auto entry = decode_entry(walk.sealed.seal_entry);
  const auto* seal = entry ? std::get_if<Seal>(&*entry) : nullptr;
  if (!seal)
    return refuted("The log's entry is not a seal, so it proves no record. {}",
                   entry ? "" : entry.error().message);
  walk.seal = *seal;
  return fmt::format("Seal {} was made at {} over {}.", seal->number, readable_time(seal->time),
                     counted(seal->slots, "journal"));
}

Result<std::string> check_slot(SealedWalk& walk) {
  const auto& sealed = walk.sealed;
  auto included = tlog::verify_inclusion(head_leaf(sealed.head, sealed.slot_salt), sealed.slot,
                                         walk.seal.slots, sealed.heads_path, walk.seal.heads_root);
  if (!included)
    return refuted(
        "The seal does not commit to this journal: the journal's id, size or root, or the slot's number, "
        "salt or path was changed. {}",
        included.error().message);
  return fmt::format("The seal commits to this journal, with {}, in slot {}.",
                     counted(sealed.head.size, "record"), sealed.slot);
}

Result<void> check_below_signature(const SealedHead& sealed) {
  const auto checkpoint = TRY(tlog::Checkpoint::parse(TRY(tlog::Note::parse(sealed.checkpoint)).text));
  // The steps behind the first ask nothing of the key, so any stands in: the curve's base point (RFC 8032
  // §5.1).
  crypto::Ed25519Public point;
  point.fill(0x66);
  point[0] = 0x58;
  const auto any = TRY(tlog::NoteKey::make("none", point));
  SealedWalk walk{.log = any, .sealed = sealed, .checkpoint = checkpoint};
  TRY(check_log(walk));
  TRY(check_seal(walk));
  TRY(check_slot(walk));
  return {};
}

}  // namespace vitrine::evidence
