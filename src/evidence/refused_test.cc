// Malformed evidence of every kind: each vector of testdata/refused is refused, and for its own reason, while
// the one that it was derived from is accepted. tests/evidence/refused writes them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "base/encoding.h"
#include "evidence/journal_export.h"
#include "evidence/journal_verifier.h"
#include "evidence/log_verifier.h"
#include "evidence/promise_verifier.h"
#include "evidence/receipt_verifier.h"
#include "evidence/record.h"
#include "evidence/seal.h"
#include "tlog/checkpoint.h"
#include "tlog/tiles.h"

namespace vitrine::evidence {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

const fs::path kFolder = "src/evidence/testdata/refused";

struct Refusal {
  std::string check;  ///< of what is verified in steps
  std::string sentence;
};
/// Nothing: it was accepted.
using Verdict = std::optional<Refusal>;

template <class T>
Verdict verdict(const Result<T>& result) {
  if (result) return std::nullopt;
  return Refusal{"", result.error().message};
}

Verdict verdict(const Verification& verification) {
  if (verification.verified()) return std::nullopt;
  return Refusal{verification.failure()->name, verification.failure()->sentence};
}

Bytes bytes_in(const json::object& input) {
  if (const auto* text = input.if_contains("text")) return to_bytes(as_bytes(text->as_string()));
  return from_hex(input.at("hex").as_string()).value();
}

Digest digest(const json::value& hex) {
  Digest out;
  auto bytes = from_hex(hex.as_string()).value();
  EXPECT_EQ(bytes.size(), out.size());
  std::ranges::copy(bytes, out.begin());
  return out;
}

tlog::Proof path_in(const json::object& input) {
  tlog::Proof path;
  for (const auto& hex : input.at("path").as_array()) path.push_back(digest(hex));
  return path;
}

std::uint64_t number(const json::object& input, std::string_view name) {
  return input.at(name).to_number<std::uint64_t>();
}

Verdict judge_inclusion(const json::object& input, const tlog::NoteKey&) {
  return verdict(tlog::verify_inclusion(digest(input.at("leaf")), number(input, "index"),
                                        number(input, "size"), path_in(input), digest(input.at("root"))));
}

Verdict judge_consistency(const json::object& input, const tlog::NoteKey&) {
  return verdict(tlog::verify_consistency(number(input, "old_size"), digest(input.at("old_root")),
                                          number(input, "new_size"), digest(input.at("new_root")),
                                          path_in(input)));
}

Verdict judge_note_key(const json::object& input, const tlog::NoteKey&) {
  return verdict(tlog::NoteKey::parse(as_text(bytes_in(input))));
}

Verdict judge_note(const json::object& input, const tlog::NoteKey& log) {
  auto document = bytes_in(input);
  auto note = tlog::Note::parse(as_text(document));
  return note ? verdict(tlog::verify_note(*note, log)) : verdict(note);
}

Verdict judge_checkpoint(const json::object& input, const tlog::NoteKey& log) {
  auto document = bytes_in(input);
  return verdict(tlog::open_checkpoint(as_text(document), log));
}

Verdict judge_tile_path(const json::object& input, const tlog::NoteKey&) {
  return verdict(tlog::parse_tile_path(input.at("text").as_string()));
}

Verdict judge_tile(const json::object& input, const tlog::NoteKey&) {
  return verdict(tlog::decode_tile(bytes_in(input), static_cast<unsigned>(number(input, "width"))));
}

Verdict judge_bundle(const json::object& input, const tlog::NoteKey&) {
  auto bundle = bytes_in(input);
  return verdict(tlog::split_bundle(bundle, static_cast<unsigned>(number(input, "width"))));
}

Verdict judge_record(const json::object& input, const tlog::NoteKey&) {
  return verdict(decode_record(bytes_in(input)));
}

Verdict judge_shown_record(const json::object& input, const tlog::NoteKey&) {
  return verdict(decode_shown(bytes_in(input)));
}

Verdict judge_facet(const json::object& input, const tlog::NoteKey&) {
  auto cbor = bytes_in(input);
  std::string_view facet = input.at("facet").as_string();
  if (facet == "who") return verdict(decode_who(cbor));
  if (facet == "what") return verdict(decode_what(cbor));
  if (facet == "why") return verdict(decode_why(cbor));
  return verdict(decode_outcome(cbor));
}

Verdict judge_entry(const json::object& input, const tlog::NoteKey&) {
  return verdict(decode_entry(bytes_in(input)));
}

Verdict judge_promise(const json::object& input, const tlog::NoteKey& log) {
  const auto given = bytes_in(input);
  const auto text = input.contains("hex") ? to_base64(given) : std::string(as_text(given));
  const auto* receipt = input.if_contains("receipt");
  return verdict(receipt ? verify_promise(text, log, json::serialize(*receipt)) : verify_promise(text, log));
}

Verdict judge_receipt(const json::object& input, const tlog::NoteKey& log) {
  if (const auto* text = input.if_contains("text")) return verdict(verify_receipt(text->as_string(), log));
  return verdict(verify_receipt(json::serialize(input.at("document")), log));
}

Result<Bytes> file_in(const json::object& input, const std::string& path) {
  if (const auto* file = input.at("files").as_object().if_contains(path)) return bytes_in(file->as_object());
  return fail(Code::ResourceNotFound, path + " is missing.");
}

std::vector<json::value> list_in(const json::object& input, std::string_view name) {
  const auto* list = input.if_contains(name);
  return list ? std::vector<json::value>(list->as_array().begin(), list->as_array().end())
              : std::vector<json::value>();
}

/// Of each facet, in how many records it is closed and no record says so.
void expect_unstated(const json::object& counts, const Verification& verification) {
  for (auto kind : kFacetKinds) {
    const auto* expected = counts.if_contains(name(kind));
    const auto fact = std::ranges::find(
        verification.facts(), fmt::format("facet '{}' closed without a record of it in", name(kind)),
        &Fact::name);
    const auto found = fact == verification.facts().end() ? "0" : fact->value;
    EXPECT_EQ(found, expected ? json::serialize(*expected) : "0") << name(kind);
  }
}

Verdict judge_journal(const json::object& input, const tlog::NoteKey& log) {
  const auto* text = input.if_contains("head_text");
  const auto head = text ? std::string(text->as_string()) : json::serialize(input.at("head"));
  KeptEvidence kept;
  if (const auto* earlier = input.if_contains("since")) kept.since = json::serialize(*earlier);
  for (const auto& receipt : list_in(input, "receipts"))
    kept.receipts.push_back({.text = json::serialize(receipt)});
  for (const auto& promise : list_in(input, "promises"))
    kept.promises.push_back({.text = to_base64(bytes_in(promise.as_object()))});
  const auto read = [&](const std::string& path) -> Result<Bytes> {
    return path == kJournalHeadFile ? to_bytes(as_bytes(head)) : file_in(input, path);
  };
  const auto verification = verify_journal(read, log, kept);
  if (const auto* counts = input.if_contains("closed_unstated"))
    expect_unstated(counts->as_object(), verification);
  return verdict(verification);
}

Verdict judge_log(const json::object& input, const tlog::NoteKey& log) {
  const auto read = [&](const std::string& path) { return file_in(input, path); };
  std::optional<std::string> since;
  if (const auto* earlier = input.if_contains("since")) since = std::string(earlier->as_string());
  return verdict(verify_log(read, log, since));
}

struct Kind {
  const char* name;
  Verdict (*judge)(const json::object& input, const tlog::NoteKey& log);
};
constexpr Kind kKinds[] = {
    {"inclusion", judge_inclusion},
    {"consistency", judge_consistency},
    {"note-key", judge_note_key},
    {"note", judge_note},
    {"checkpoint", judge_checkpoint},
    {"tile-path", judge_tile_path},
    {"tile", judge_tile},
    {"bundle", judge_bundle},
    {"record", judge_record},
    {"shown-record", judge_shown_record},
    {"facet", judge_facet},
    {"entry", judge_entry},
    {"receipt", judge_receipt},
    {"promised-receipt", judge_receipt},
    {"promise", judge_promise},
    {"log", judge_log},
    {"journal", judge_journal},
};

/// RFC 7396; members that stay keep their order.
json::object patched(json::object target, const json::object& patch) {
  for (const auto& member : patch) {
    if (member.value().is_null()) {
      target.stable_erase(member.key());
      continue;
    }
    auto& value = target[member.key()];
    if (member.value().is_object() && value.is_object())
      value = patched(value.get_object(), member.value().get_object());
    else
      value = member.value();
  }
  return target;
}

json::object vectors(const std::string& kind) {
  std::ifstream file(kFolder / (kind + ".json"));
  std::string text(std::istreambuf_iterator<char>(file), {});
  return json::parse(text).as_object();
}

class Refused : public testing::TestWithParam<Kind> {
 protected:
  const json::object document = vectors(GetParam().name);
  const tlog::NoteKey log = tlog::NoteKey::parse(document.at("log_key").as_string()).value();

  [[nodiscard]] Verdict judge(const json::object& input) const { return GetParam().judge(input, log); }
};

TEST_P(Refused, ValidOnesAreAccepted) {
  for (const auto& valid : document.at("valid").as_object()) {
    auto refusal = judge(valid.value().as_object());
    EXPECT_FALSE(refusal) << valid.key() << ": " << refusal->check << ": " << refusal->sentence;
  }
}

TEST_P(Refused, MalformedOnesAreRefusedForTheirOwnReason) {
  for (const auto& vector : document.at("refused").as_array()) {
    std::string_view name = vector.at("name").as_string(), says = vector.at("says").as_string();
    const auto& valid = document.at("valid").at(vector.at("of").as_string()).as_object();
    auto refusal = judge(patched(valid, vector.at("change").as_object()));
    ASSERT_TRUE(refusal) << name << " was accepted";
    EXPECT_NE(refusal->sentence.find(says), std::string::npos) << name << ": " << refusal->sentence;
    const auto* check = vector.as_object().if_contains("check");
    EXPECT_EQ(refusal->check, check ? std::string_view(check->as_string()) : "")
        << name << ": " << refusal->sentence;
  }
}

INSTANTIATE_TEST_SUITE_P(Vectors, Refused, testing::ValuesIn(kKinds), [](const auto& info) {
  std::string name(info.param.name);
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(RefusedFiles, EachHasAJudgeAndNoVectorStandsTwice) {
  std::set<std::string> judged, there;
  std::size_t count = 0;
  for (const auto& kind : kKinds) {
    judged.insert(std::string(kind.name) + ".json");
    std::set<std::string> inputs;
    const auto document = vectors(kind.name);
    for (const auto& vector : document.at("refused").as_array()) {
      const auto& valid = document.at("valid").at(vector.at("of").as_string()).as_object();
      auto input = json::serialize(patched(valid, vector.at("change").as_object()));
      EXPECT_TRUE(inputs.insert(input).second) << vector.at("name");
      ++count;
    }
  }
  for (const auto& file : fs::directory_iterator(kFolder)) there.insert(file.path().filename().string());
  EXPECT_EQ(there, judged);
  EXPECT_GE(count, 900u);
}

}  // namespace
}  // namespace vitrine::evidence
