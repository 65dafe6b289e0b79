#include "keys/key_directory.h"

#include <fmt/format.h>

namespace vitrine::keys {

Result<WrappedKey> KeyDirectory::make(std::string_view account, Epoch epoch) const {
  return WrappedKey{epoch, TRY(broker_.wrap({account, epoch}, crypto::random_array<32>()))};
}

Result<KeyDirectory::Rotation> KeyDirectory::begin_rotation() {
  std::lock_guard lock(mutex_);
  if (!rotation_.expired())
    return fail(Code::ServerBusy, "The operator's key is being rotated already: wait for the end.");
  TRY(broker_.begin_rotation());
  auto only = std::make_shared<char>();
  rotation_ = only;
  return Rotation(broker_, std::move(only));
}

Result<WrappedKey> KeyDirectory::rewrap(std::string_view account, const WrappedKey& key) const {
  const KeyPurpose purpose{account, key.epoch};
  return WrappedKey{key.epoch, TRY(broker_.wrap(purpose, TRY(broker_.unwrap(purpose, key.wrapped))))};
}

Result<std::shared_ptr<const DataKeys>> KeyDirectory::open(const AccountKeys& account) const {
  std::vector<DataKey> keys;
  for (const auto& each : account.wrapped)
    keys.emplace_back(each.epoch, TRY(broker_.unwrap({account.account, each.epoch}, each.wrapped)),
                      account.owner);
  return std::make_shared<const DataKeys>(std::move(keys));
}

void KeyDirectory::put(const std::vector<OpenedKeys>& accounts) {
  keys_.change([&](auto& map) {
    for (const auto& [account, keys] : accounts) map.insert_or_assign(account, keys);
    return true;
  });
}

void KeyDirectory::forget_content(std::string_view account) {
  keys_.change([&](auto& map) {
    const auto found = map.find(account);
    if (found == map.end()) return false;
    found->second = std::make_shared<const DataKeys>(found->second->without_content());
    return true;
  });
}

Result<std::shared_ptr<const DataKeys>> KeyDirectory::any_of(std::string_view account) const {
  auto map = keys_.snapshot();
  auto found = map->find(account);
  if (found == map->end())
    return fail(Code::AccountNotFound, fmt::format("There are no keys of an account '{}'.", account));
  return found->second;
}

Result<std::shared_ptr<const DataKeys>> KeyDirectory::of(std::string_view account) const {
  auto keys = TRY(any_of(account));
  if (keys->destroyed())
    return fail(Code::ContentDestroyed,
                fmt::format("The data keys of the account '{}' were destroyed: its content is gone for ever.",
                            account));
  return keys;
}

}  // namespace vitrine::keys
