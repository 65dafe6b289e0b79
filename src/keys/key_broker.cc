#include "keys/key_broker.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/log.h"

namespace vitrine::keys {
namespace {

constexpr std::string_view kFormat = "vitrine wrapped key 1";

Bytes bound_to(KeyPurpose purpose) {
  Bytes additional = to_bytes(as_bytes(kFormat));
  append_be32(additional, purpose.epoch);
  append(additional, as_bytes(purpose.account));
  return additional;
}

Result<crypto::Aes256Key> to_key(ConstBytes bytes) {
  crypto::Aes256Key key;
  if (bytes.size() != key.size()) return fail(Code::Corrupt, "A data key has a wrong length.");
  std::ranges::copy(bytes, key.begin());
  return key;
}

void log_unwrapping(KeyPurpose purpose) {
  log::info("A data key was unwrapped",
            {{"account", std::string(purpose.account)}, {"epoch", std::to_string(purpose.epoch)}});
}

class KeyFile final : public KeyBroker {
 public:
  explicit KeyFile(const crypto::Aes256Key& key) : cipher_(key) {}

  Result<Bytes> wrap(KeyPurpose purpose, const crypto::Aes256Key& key) override {
    return cipher_.seal(bound_to(purpose), key);
  }

  Result<crypto::Aes256Key> unwrap(KeyPurpose purpose, ConstBytes wrapped) override {
    auto key = cipher_.open(bound_to(purpose), wrapped);
    if (!key)
      return fail(
          Code::Corrupt,
          fmt::format("The data key {} of the account '{}' does not open with the operator's key: the "
                      "key file is another's, or the account's row was changed.",
                      purpose.epoch, purpose.account));
    log_unwrapping(purpose);
    return to_key(*key);
  }

 private:
  crypto::Xaes cipher_;
};

}  // namespace

Result<std::unique_ptr<KeyBroker>> open_or_create_key_file(const std::filesystem::path& file) {
  auto text = read_file(file);
  if (!text && text.error().code == Code::ResourceNotFound) {
    text = to_hex(crypto::random_array<32>()) + "\n";
    TRY(replace_file(file, as_bytes(*text), FileAccess::OwnerOnly));
  }
  auto line = TRY(std::move(text));
  auto bytes = from_hex(std::string_view(line).substr(0, line.find('\n')));
  if (!bytes || bytes->size() != sizeof(crypto::Aes256Key))
    return fail(Code::Corrupt, fmt::format("{} does not hold 64 hexadecimal digits: it is no operator's key.",
                                           file.string()));
  return std::unique_ptr<KeyBroker>(std::make_unique<KeyFile>(TRY(to_key(*bytes))));
}

}  // namespace vitrine::keys
