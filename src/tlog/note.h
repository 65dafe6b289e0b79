// Signed notes (C2SP signed-note) with Ed25519 signatures, type 0x01.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "crypto/signature.h"

namespace vitrine::tlog {

/// A public key that notes are verified with: a name, and an Ed25519 key. Its id are the first four bytes of
/// SHA-256(name ‖ "\n" ‖ 0x01 ‖ key).
class NoteKey {
 public:
  /// Errors: InvalidInput when the name is empty, not UTF-8, or has spaces, control characters or a plus;
  /// or the key is of small order.
  static Result<NoteKey> make(std::string_view name, const crypto::Ed25519Public& key);
  /// The text form "name+hash+base64". Errors: InvalidInput.
  static Result<NoteKey> parse(std::string_view text);
  [[nodiscard]] std::string text() const;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint32_t id() const { return id_; }
  [[nodiscard]] const crypto::Ed25519Public& key() const { return key_; }

 private:
  NoteKey(std::string_view name, const crypto::Ed25519Public& key);
  std::string name_;
  crypto::Ed25519Public key_;
  std::uint32_t id_;
};

struct NoteSignature {
  std::string name;
  std::uint32_t key_id = 0;
  /// Without the key id; its length depends on the signature's type.
  Bytes signature;
};

/// A text and the signatures below it, none of which is verified by parsing.
struct Note {
  /// Ends in a newline.
  std::string text;
  std::vector<NoteSignature> signatures;

  /// At most 1 MiB and 100 signatures. Errors: Corrupt, with what is wrong.
  static Result<Note> parse(std::string_view document);
  [[nodiscard]] std::string document() const;
};

/// A signature line for the text, to be put into a Note.
NoteSignature sign_note(std::string_view text, const NoteKey& name, const crypto::SigningKey& key);

/// Whether the key signed the note. Signatures by others are ignored; a wrong one under this key's name and
/// id is an error even beside a right one. Errors: VerificationFailed.
Result<void> verify_note(const Note& note, const NoteKey& key);

}  // namespace vitrine::tlog
