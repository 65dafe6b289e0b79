#include "identity/account_directory.h"

#include "store/key_range.h"

namespace vitrine::identity {
Result<void> AccountDirectory::load(const store::Store& store, keys::KeyDirectory& keys) {
  SnapshotMap<Known>::Map all;
  std::vector<keys::OpenedKeys> opened;
  for (const auto& row : TRY(store.scan(store::Table::State, kAccountPrefix,
                                        store::key_after_prefix(std::string(kAccountPrefix)), SIZE_MAX))) {
    auto stored = TRY(decode_account_row(row.value));
    auto data_keys = TRY(keys.open(keys_of(stored.account)));
    auto account = TRY(open_account(std::move(stored), *data_keys));
    auto name = account.name.text();
    opened.emplace_back(name, std::move(data_keys));
    all.emplace(std::move(name), Known{std::make_shared<const KeyRing>(std::move(account)), row.version});
  }
  keys.put(opened);
  known_.change([&](auto& map) {
    map = all;
    return true;
  });
  return {};
}

std::shared_ptr<const KeyRing> AccountDirectory::find(std::string_view name) const {
  auto map = known_.snapshot();
  auto found = map->find(name);
  return found == map->end() ? nullptr : found->second.ring;
}

std::vector<std::shared_ptr<const KeyRing>> AccountDirectory::all() const {
  std::vector<std::shared_ptr<const KeyRing>> out;
  auto map = known_.snapshot();
  for (const auto& [name, known] : *map) out.push_back(known.ring);
  return out;
}

void AccountDirectory::replace(Account account, store::Version version) {
  auto name = account.name.text();
  auto ring = std::make_shared<const KeyRing>(std::move(account));
  known_.change([&](auto& map) {
    auto& known = map[name];
    if (known.ring && known.version >= version) return false;
    known = {ring, version};
    return true;
  });
}

}  // namespace vitrine::identity
