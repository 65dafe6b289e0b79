#include "keys/operator_keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.h"
#include "base/file.h"
#include "base/log.h"

namespace vitrine::keys {
namespace {

constexpr std::string_view kFormat = "vitrine wrapped key 1";
constexpr std::size_t kMostKeys = 2;

Bytes bound_to(KeyPurpose purpose) {
  Bytes additional = to_bytes(as_bytes(kFormat));
  append_be32(additional, purpose.epoch);
  append(additional, as_bytes(purpose.account));
  return additional;
}

std::optional<crypto::Aes256Key> to_key(ConstBytes bytes) {
  crypto::Aes256Key key;
  if (bytes.size() != key.size()) return std::nullopt;
  std::ranges::copy(bytes, key.begin());
  return key;
}

}  // namespace

OperatorKeys::OperatorKeys(const std::vector<crypto::Aes256Key>& keys) {
  for (const auto& key : keys) keys_.push_back({key, crypto::Xaes(key)});
}

Result<OperatorKeys> OperatorKeys::read(const std::filesystem::path& file) {
  const auto text = TRY(read_file(file));
  std::vector<crypto::Aes256Key> keys;
  for (std::string_view left = text; !left.empty();) {
    const auto line = left.substr(0, left.find('\n'));
    left.remove_prefix(std::min(left.size(), line.size() + 1));
    const auto bytes = from_hex(line);
    const auto key = bytes ? to_key(*bytes) : std::nullopt;
    if (!key || keys.size() == kMostKeys)
      return fail(Code::Corrupt,
                  fmt::format("{} does not hold 64 hexadecimal digits, or two lines of them while a rotation "
                              "is under way: it is no operator's key.",
                              file.string()));
    keys.push_back(*key);
  }
  if (keys.empty()) return fail(Code::Corrupt, fmt::format("{} is empty: the key is lost.", file.string()));
  return OperatorKeys(keys);
}

OperatorKeys OperatorKeys::make() {
  return OperatorKeys({crypto::random_array<32>()});
}

Result<void> OperatorKeys::write(const std::filesystem::path& file) const {
  std::string text;
  for (const auto& each : keys_) text += to_hex(each.key) + "\n";
  return replace_file(file, as_bytes(text), FileAccess::OwnerOnly);
}

OperatorKeys OperatorKeys::with_new() const {
  return OperatorKeys({crypto::random_array<32>(), keys_.front().key});
}

OperatorKeys OperatorKeys::first_only() const {
  return OperatorKeys({keys_.front().key});
}

Bytes OperatorKeys::wrap(KeyPurpose purpose, const crypto::Aes256Key& key) const {
  return keys_.front().cipher.seal(bound_to(purpose), key);
}

std::optional<crypto::Aes256Key> OperatorKeys::unwrap(KeyPurpose purpose, ConstBytes wrapped) const {
  for (const auto& each : keys_)
    if (const auto key = each.cipher.open(bound_to(purpose), wrapped)) return to_key(*key);
  return std::nullopt;
}

void log_unwrapping(KeyPurpose purpose) {
  log::debug("A data key was unwrapped",
             {{"account", std::string(purpose.account)}, {"epoch", std::to_string(purpose.epoch)}});
}

}  // namespace vitrine::keys
