#include "keys/key_directory.h"

#include <fmt/format.h>

namespace vitrine::keys {

Result<WrappedKey> KeyDirectory::make(std::string_view account, Epoch epoch) const {
  return WrappedKey{epoch, TRY(broker_.wrap({account, epoch}, crypto::random_array<32>()))};
}

Result<void> KeyDirectory::replace(const std::string& account, const Owner& owner,
                                   std::span<const WrappedKey> wrapped) {
  std::vector<DataKey> keys;
  for (const auto& each : wrapped)
    keys.emplace_back(each.epoch, TRY(broker_.unwrap({account, each.epoch}, each.wrapped)), owner);
  auto known = std::make_shared<const DataKeys>(std::move(keys));
  auto before = current_.load();
  std::shared_ptr<const Map> after;
  do {
    auto next = std::make_shared<Map>(*before);
    (*next)[account] = known;
    after = std::move(next);
  } while (!current_.compare_exchange_weak(before, after));
  return {};
}

Result<std::shared_ptr<const DataKeys>> KeyDirectory::of(std::string_view account) const {
  auto map = current_.load();
  auto found = map->find(account);
  if (found == map->end() || found->second->destroyed())
    return fail(
        Code::Unavailable,
        fmt::format("The data keys of the account '{}' are not there: its content cannot be read.", account));
  return found->second;
}

}  // namespace vitrine::keys
