// The secrets that the evidence rests on: the log's signing key and the salts' master secret.
#pragma once

#include <filesystem>
#include <string>

#include "crypto/mac.h"
#include "crypto/signature.h"
#include "tlog/note.h"

namespace vitrine::ledger {

/// Kept in one file, readable by its owner only: whoever has it can sign checkpoints in this log's name.
struct LogKey {
  tlog::NoteKey name;  ///< the log's origin and public key
  crypto::SigningKey signing;
  crypto::Sha256Digest master;  ///< of slot secrets and receipt tokens

  /// The secret behind a slot's salts in the heads tree.
  [[nodiscard]] crypto::HmacKey slot_secret(std::uint32_t slot) const;
  [[nodiscard]] crypto::Sha256Digest receipt_secret() const;
};

/// Reads the key file, or makes a new log's: its origin is `origin`, or "vitrine/" and eight random digits
/// when that is empty. Errors: DeviceFailed, Corrupt; InvalidInput when the file has another origin.
Result<LogKey> load_or_create_log_key(const std::filesystem::path& file, std::string_view origin);

}  // namespace vitrine::ledger
