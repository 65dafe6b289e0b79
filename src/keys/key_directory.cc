#include "keys/key_directory.h"

#include <fmt/format.h>

namespace vitrine::keys {

Result<WrappedKey> KeyDirectory::make(std::string_view account, Epoch epoch) const {
  return WrappedKey{epoch, TRY(broker_.wrap({account, epoch}, crypto::random_array<32>()))};
}

Result<void> KeyDirectory::replace(std::span<const AccountKeys> accounts) {
  std::vector<std::pair<std::string, std::shared_ptr<const DataKeys>>> opened;
  for (const auto& [account, owner, wrapped] : accounts) {
    std::vector<DataKey> keys;
    for (const auto& each : wrapped)
      keys.emplace_back(each.epoch, TRY(broker_.unwrap({account, each.epoch}, each.wrapped)), owner);
    opened.emplace_back(account, std::make_shared<const DataKeys>(std::move(keys)));
  }
  keys_.change([&](auto& map) {
    for (const auto& [account, keys] : opened) map[account] = keys;
    return true;
  });
  return {};
}

Result<std::shared_ptr<const DataKeys>> KeyDirectory::of(std::string_view account) const {
  auto map = keys_.snapshot();
  auto found = map->find(account);
  if (found == map->end() || found->second->destroyed())
    return fail(
        Code::Unavailable,
        fmt::format("The data keys of the account '{}' are not there: its content cannot be read.", account));
  return found->second;
}

}  // namespace vitrine::keys
