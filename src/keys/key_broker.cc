#include "keys/key_broker.h"

#include <fmt/format.h>

#include <memory>
#include <mutex>

#include "keys/operator_keys.h"

namespace vitrine::keys {
namespace {

class KeyFile final : public KeyBroker {
 public:
  KeyFile(std::filesystem::path file, OperatorKeys keys)
      : file_(std::move(file)), keys_(std::make_shared<const OperatorKeys>(std::move(keys))) {}

  Result<Bytes> wrap(KeyPurpose purpose, const crypto::Aes256Key& key) override {
    return current()->wrap(purpose, key);
  }

  Result<crypto::Aes256Key> unwrap(KeyPurpose purpose, ConstBytes wrapped) override {
    const auto key = current()->unwrap(purpose, wrapped);
    if (!key)
      return fail(
          Code::Corrupt,
          fmt::format(
              "The data key {} of the account '{}' does not open with the operator's key: the "
              "key file is another's, it was rotated behind the state of this store, or the account's "
              "row was changed.",
              purpose.epoch, purpose.account));
    log_unwrapping(purpose);
    return *key;
  }

  Result<void> begin_rotation() override {
    if (is_rotating()) return {};
    return change(current()->with_new());
  }
  Result<void> end_rotation() override { return change(current()->first_only()); }
  bool is_rotating() const override { return current()->count() > 1; }

 private:
  [[nodiscard]] std::shared_ptr<const OperatorKeys> current() const {
    std::lock_guard lock(mutex_);
    return keys_;
  }
  Result<void> change(OperatorKeys keys) {
    TRY(keys.write(file_));
    std::lock_guard lock(mutex_);
    keys_ = std::make_shared<const OperatorKeys>(std::move(keys));
    return {};
  }

  const std::filesystem::path file_;
  mutable std::mutex mutex_;
  std::shared_ptr<const OperatorKeys> keys_;
};

}  // namespace

Result<std::unique_ptr<KeyBroker>> open_or_create_key_file(const std::filesystem::path& file) {
  auto keys = OperatorKeys::read(file);
  if (!keys && keys.error().code == Code::ResourceNotFound) {
    keys = OperatorKeys::make();
    TRY(keys->write(file));
  }
  return std::make_unique<KeyFile>(file, TRY(std::move(keys)));
}

}  // namespace vitrine::keys
