#include "tlog/note.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "base/encoding.h"

namespace vitrine::tlog {
namespace {

const crypto::SigningKey& signing_key() {
  static const auto key = crypto::SigningKey::from_seed(crypto::Ed25519Seed{1, 2, 3});
  return key;
}
NoteKey log_key() {
  return *NoteKey::make("log.example", signing_key().public_key());
}
std::string signed_document(const std::string& text) {
  return Note{text, {sign_note(text, log_key(), signing_key())}}.document();
}

// The example of the C2SP specification, signed by its authors.
TEST(Note, TheSpecificationsExampleParses) {
  auto note = Note::parse(
      "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
      "— quasimodo.example/salvatore "
      "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n");
  ASSERT_TRUE(note);
  EXPECT_TRUE(note->text.ends_with("\n\ned è subito sera.\n"));
  ASSERT_EQ(note->signatures.size(), 1u);
  EXPECT_EQ(note->signatures[0].key_id, 0x367ba04bu);
  EXPECT_EQ(note->signatures[0].signature.size(), 64u);
}

// One signature fits every text, so nobody's holding the key means anything.
TEST(NoteKey, RefusesKeysOfSmallOrder) {
  for (const auto* key : {"0000000000000000000000000000000000000000000000000000000000000000",
                          "0100000000000000000000000000000000000000000000000000000000000000",
                          "0100000000000000000000000000000000000000000000000000000000000080",
                          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                          "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
                          "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}) {
    crypto::Ed25519Public bytes;
    std::ranges::copy(from_hex(key).value(), bytes.begin());
    const auto made = NoteKey::make("log.example", bytes);
    ASSERT_FALSE(made) << key;
    EXPECT_TRUE(made.error().message.contains("sign for everybody")) << made.error().message;
    crypto::Ed25519Signature signature{};
    std::ranges::copy(bytes, signature.begin());
    EXPECT_FALSE(crypto::verify(bytes, as_bytes("anything"), signature)) << key;
  }
}

TEST(Note, EveryChangedByteIsRefused) {
  auto document = signed_document("a log\n12\n\nmore\n");
  ASSERT_TRUE(verify_note(*Note::parse(document), log_key()));
  for (std::size_t at = 0; at < document.size(); ++at)
    for (int bit = 0; bit < 8; ++bit) {
      auto changed = document;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      auto note = Note::parse(changed);
      EXPECT_FALSE(note && verify_note(*note, log_key())) << at << '.' << bit;
    }
}

TEST(Note, RefusesWhatIsNotANote) {
  auto line = "— log.example " + to_base64(Bytes(68, 1)) + "\n";
  const std::string rows[] = {"",
                              "text\n",
                              "text\n\n",
                              "text\n" + line,
                              "text\n\n" + line.substr(0, line.size() - 1),
                              "text\n\n" + line + "\n",
                              "text\n\n" + line + "x\n",
                              "text\r\n\n" + line,
                              "te\xffxt\n\n" + line,
                              "text\n\n- log.example AAAAAAAA\n",
                              "text\n\n— log.example\n",
                              "text\n\n—  AAAAAAAA\n",
                              "text\n\n— log+example AAAAAAAA\n",
                              "text\n\n— log\u2003example AAAAAAAA\n",
                              "text\n\n— log.example AAAA\n",
                              "text\n\n— log.example AAAAAAAA \n",
                              "text\n\n— log.example AAAAAAB=\n"};
  for (const auto& document : rows) EXPECT_FALSE(Note::parse(document)) << document;
  EXPECT_TRUE(Note::parse("text\n\n" + line));
}

TEST(Note, LimitsSignaturesAndSize) {
  auto line = "— log.example " + to_base64(Bytes(68, 1)) + "\n";
  std::string document = "text\n\n";
  for (int i = 0; i < 100; ++i) document += line;
  EXPECT_TRUE(Note::parse(document));
  EXPECT_FALSE(Note::parse(document + line));
  EXPECT_FALSE(Note::parse(std::string(1 << 20, 'a') + "\n\n" + line));
}

TEST(Note, IgnoresStrangersButNotAWrongSignatureOfItsOwnKey) {
  std::string text = "text\n";
  auto stranger_key = crypto::SigningKey::from_seed(crypto::Ed25519Seed{9});
  auto stranger = *NoteKey::make("witness.example", stranger_key.public_key());
  auto good = sign_note(text, log_key(), signing_key());
  auto other = sign_note(text, stranger, stranger_key);
  auto wrong = sign_note("another text\n", log_key(), signing_key());
  EXPECT_TRUE(verify_note({text, {other, good}}, log_key()));
  EXPECT_FALSE(verify_note({text, {other}}, log_key()));
  EXPECT_FALSE(verify_note({text, {good, wrong}}, log_key()));
  EXPECT_FALSE(verify_note({text, {}}, log_key()));
}

TEST(NoteKey, HasOneTextForm) {
  auto text = log_key().text();
  EXPECT_EQ(NoteKey::parse(text)->text(), text);
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(NoteKey::parse(changed)) << changed;
  }
  for (auto row : {"", "+", "++", "a+b", "log.example+00000000+AQ=="})
    EXPECT_FALSE(NoteKey::parse(row)) << row;
  for (auto name : {"", "a b", "a+b", "a\nb", "a\xc2\xa0", "\xff"})
    EXPECT_FALSE(NoteKey::make(name, signing_key().public_key())) << name;
}

}  // namespace
}  // namespace vitrine::tlog
