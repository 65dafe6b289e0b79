// A log's signed size and root (C2SP tlog-checkpoint).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tlog/merkle.h"
#include "tlog/note.h"

namespace vitrine::tlog {

struct Checkpoint {
  /// The log's identity; never empty, one line.
  std::string origin;
  std::uint64_t size = 0;
  Digest root{};
  /// Opaque lines that may follow; this product writes none.
  std::vector<std::string> extensions;

  /// The text of the note.
  [[nodiscard]] std::string text() const;
  /// Errors: Corrupt, with what is wrong.
  static Result<Checkpoint> parse(std::string_view text);
};

/// The whole document, signed. The key's name must be the origin. Errors: InvalidInput.
Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, const NoteKey& name,
                                    const crypto::SigningKey& key);

/// Parses the document and verifies that `log` signed it and that its origin is the key's name.
/// Errors: Corrupt, VerificationFailed.
Result<Checkpoint> open_checkpoint(std::string_view document, const NoteKey& log);

}  // namespace vitrine::tlog
