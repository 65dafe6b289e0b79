#include "tlog/note.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "base/cbor.h"
#include "base/encoding.h"
#include "crypto/digest.h"

namespace vitrine::tlog {
namespace {

constexpr std::uint8_t kEd25519 = 1;
constexpr std::size_t kKeyIdSize = 4;
constexpr std::size_t kMaxNoteSize = std::size_t{1} << 20, kMaxSignatures = 100;
constexpr std::string_view kSignatureMark = "\u2014 ";

/// Every character that Unicode counts as white space, in UTF-8, apart from the ASCII ones.
constexpr std::string_view kUnicodeSpaces[] = {
    "\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
    "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000"};

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20;
}

bool is_key_name(std::string_view name) {
  auto forbidden = [](char c) { return c == '+' || c == ' ' || is_control(c); };
  return !name.empty() && is_utf8(name) && std::ranges::none_of(name, forbidden) &&
         std::ranges::none_of(kUnicodeSpaces, [&](auto space) { return name.contains(space); });
}

std::uint32_t key_id(std::string_view name, const crypto::Ed25519Public& key) {
  auto input = to_bytes(as_bytes(name));
  input.push_back('\n');
  input.push_back(kEd25519);
  append(input, key);
  return read_be32(crypto::sha256(input));
}

std::unexpected<Error> bad_key(std::string_view why) {
  return fail(
      Code::InvalidInput,
      fmt::format("This is no note verifier key (name+hash+base64): {}. Copy it as the log's operator "
                  "published it.",
                  why));
}

std::unexpected<Error> bad_note(std::string_view why) {
  return fail(Code::Corrupt, fmt::format("This is not a signed note (C2SP signed-note): {}.", why));
}

/// "— name base64" without its newline.
Result<NoteSignature> parse_signature(std::string_view line) {
  if (!line.starts_with(kSignatureMark)) return bad_note("a signature line does not begin with a dash");
  line.remove_prefix(kSignatureMark.size());
  auto space = line.find(' ');
  if (space == line.npos || !is_key_name(line.substr(0, space)))
    return bad_note("a signature line has no valid key name");
  auto bytes = from_base64(line.substr(space + 1));
  if (!bytes || bytes->size() <= kKeyIdSize)
    return bad_note("a signature is not the base64 form of a key id and a signature");
  return NoteSignature{
      std::string(line.substr(0, space)), read_be32(*bytes), {bytes->begin() + kKeyIdSize, bytes->end()}};
}

/// "; it is signed by 'log.example' with key id 01020304", or nothing. A few are enough: there may be many.
std::string signers_of(const Note& note) {
  constexpr std::size_t kNamed = 3;
  std::string text;
  for (const auto& signature : note.signatures | std::views::take(kNamed))
    text += fmt::format("{} '{}' with key id {:08x}", text.empty() ? "; it is signed by" : ",",
                        signature.name, signature.key_id);
  return text;
}

}  // namespace

NoteKey::NoteKey(std::string_view name, const crypto::Ed25519Public& key)
    : name_(name), key_(key), id_(key_id(name, key)) {}

Result<NoteKey> NoteKey::make(std::string_view name, const crypto::Ed25519Public& key) {
  if (crypto::is_of_small_order(key))
    return bad_key("its key is one of the few that sign for everybody, which nobody holds");
  if (is_key_name(name)) return NoteKey(name, key);
  return bad_key("its name is empty, not UTF-8, or contains spaces, control characters or a plus");
}

Result<NoteKey> NoteKey::parse(std::string_view text) {
  auto first = text.find('+');
  auto second = first == text.npos ? first : text.find('+', first + 1);
  if (second == text.npos) return bad_key("it has not three parts");
  auto bytes = from_base64(text.substr(second + 1));
  crypto::Ed25519Public key;
  if (!bytes || bytes->size() != 1 + key.size() || bytes->front() != kEd25519)
    return bad_key("its last part is not the base64 form of an Ed25519 key");
  std::copy(bytes->begin() + 1, bytes->end(), key.begin());
  auto parsed = TRY(make(text.substr(0, first), key));
  if (parsed.text() == text) return parsed;
  return bad_key("its hash does not belong to its name and key");
}

std::string NoteKey::text() const {
  Bytes typed{kEd25519};
  append(typed, key_);
  return fmt::format("{}+{:08x}+{}", name_, id_, to_base64(typed));
}

Result<Note> Note::parse(std::string_view document) {
  if (document.size() > kMaxNoteSize) return bad_note("it is larger than 1 MiB");
  if (!is_utf8(document)) return bad_note("it is not UTF-8");
  if (std::ranges::any_of(document, [](char c) { return is_control(c) && c != '\n'; }))
    return bad_note("it contains control characters");
  auto blank = document.rfind("\n\n");
  if (blank == document.npos || blank + 2 == document.size())
    return bad_note("no signatures follow an empty line");
  if (document.back() != '\n') return bad_note("it does not end in a newline");

  Note note{std::string(document.substr(0, blank + 1)), {}};
  for (auto lines = document.substr(blank + 2); !lines.empty();) {
    if (note.signatures.size() == kMaxSignatures) return bad_note("it has more than 100 signatures");
    auto end = lines.find('\n');
    note.signatures.push_back(TRY(parse_signature(lines.substr(0, end))));
    lines.remove_prefix(end + 1);
  }
  return note;
}

std::string Note::document() const {
  auto document = text + "\n";
  for (const auto& signature : signatures) {
    Bytes bytes;
    append_be32(bytes, signature.key_id);
    append(bytes, signature.signature);
    document += fmt::format("{}{} {}\n", kSignatureMark, signature.name, to_base64(bytes));
  }
  return document;
}

NoteSignature sign_note(std::string_view text, const NoteKey& name, const crypto::SigningKey& key) {
  return {name.name(), name.id(), to_bytes(key.sign(as_bytes(text)))};
}

Result<void> verify_note(const Note& note, const NoteKey& key) {
  bool found = false;
  for (const auto& signature : note.signatures) {
    if (signature.name != key.name() || signature.key_id != key.id()) continue;
    if (!crypto::verify(key.key(), as_bytes(note.text), signature.signature))
      return fail(Code::VerificationFailed,
                  fmt::format("The signature by '{}' is wrong: the text was changed, "
                              "or somebody else signed it.",
                              key.name()));
    found = true;
  }
  if (found) return {};
  return fail(Code::VerificationFailed, fmt::format("There is no signature by '{}' with key id {:08x}{}.",
                                                    key.name(), key.id(), signers_of(note)));
}

}  // namespace vitrine::tlog
