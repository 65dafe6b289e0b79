#include "identity/account_directory.h"

namespace vitrine::identity {
namespace {

constexpr std::string_view kPrefix = "account/";
constexpr std::string_view kPrefixEnd = "account0";

}  // namespace

store::Key account_key(const AccountName& name) {
  return {store::Table::State, std::string(kPrefix) + name.text()};
}

Result<void> AccountDirectory::load(const store::Store& store) {
  SnapshotMap<Known>::Map all;
  for (const auto& row : TRY(store.scan(store::Table::State, kPrefix, kPrefixEnd, SIZE_MAX))) {
    auto account = TRY(decode_account(as_bytes(row.value)));
    auto name = account.name.text();
    all.emplace(std::move(name), Known{std::make_shared<const KeyRing>(std::move(account)), row.version});
  }
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

Result<void> load_data_keys(const AccountDirectory& accounts, keys::KeyDirectory& keys) {
  auto rings = accounts.all();
  std::vector<keys::AccountKeys> all;
  for (const auto& ring : rings) all.push_back(keys_of(ring->account()));
  return keys.replace(all);
}

}  // namespace vitrine::identity
