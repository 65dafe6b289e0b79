#include "ledger/log_key.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/file.h"

namespace vitrine::ledger {
namespace {

crypto::Sha256Digest derive(const crypto::Sha256Digest& master, std::string_view use) {
  return crypto::HmacKey(master).sign(as_bytes(use));
}

std::unexpected<Error> broken(const std::filesystem::path& file) {
  return fail(Code::Corrupt,
              fmt::format("{} is not a log key: three lines, origin, seed and master secret. Restore it "
                          "from a backup; a new key would start another log.",
                          file.string()));
}

/// The next line of the text, without its end.
std::string_view take_line(std::string_view& text) {
  auto end = text.find('\n');
  auto line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  return line;
}

Result<LogKey> parse(const std::filesystem::path& file, std::string_view text) {
  auto origin = take_line(text);
  auto seed_bytes = from_hex(take_line(text));
  auto master_bytes = from_hex(take_line(text));
  crypto::Ed25519Seed seed;
  crypto::Sha256Digest master;
  if (!text.empty() || !seed_bytes || !master_bytes || seed_bytes->size() != seed.size() ||
      master_bytes->size() != master.size())
    return broken(file);
  std::copy(seed_bytes->begin(), seed_bytes->end(), seed.begin());
  std::copy(master_bytes->begin(), master_bytes->end(), master.begin());
  auto signing = crypto::SigningKey::from_seed(seed);
  return LogKey{TRY(tlog::NoteKey::make(origin, signing.public_key())), signing, master};
}

}  // namespace

crypto::HmacKey LogKey::slot_secret(std::uint32_t slot) const {
  return crypto::HmacKey(derive(master, fmt::format("slot {}", slot)));
}

crypto::Sha256Digest LogKey::receipt_secret() const {
  return derive(master, "receipt tokens");
}

Result<LogKey> load_or_create_log_key(const std::filesystem::path& file, std::string_view origin) {
  auto stored = read_file(file);
  if (stored) {
    auto key = TRY(parse(file, *stored));
    if (!origin.empty() && key.name.name() != origin)
      return fail(
          Code::InvalidInput,
          fmt::format("--log-origin: the log of this data directory is '{}', not '{}'. A log keeps its "
                      "name: leave the option out, or name another --data-dir.",
                      key.name.name(), origin));
    return key;
  }
  if (stored.error().code != Code::ResourceNotFound) return std::unexpected(stored.error());
  auto named = origin.empty() ? "vitrine/" + to_hex(crypto::random_array<4>()) : std::string(origin);
  auto text = fmt::format("{}\n{}\n{}\n", named, to_hex(crypto::SigningKey::generate().seed()),
                          to_hex(crypto::random_array<32>()));
  auto key = parse(file, text);
  if (!key)
    return fail(Code::InvalidInput,
                fmt::format("--log-origin: '{}' cannot be a log's name: it has no spaces and no '+', as "
                            "log.example.org.",
                            named));
  TRY(replace_file(file, as_bytes(text), FileAccess::OwnerOnly));
  return key;
}

}  // namespace vitrine::ledger
