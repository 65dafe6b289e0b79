#include "identity/account_directory.h"

#include "identity/slot.h"
#include "store/key_range.h"

namespace vitrine::identity {

/// Keys that are wrapped as they were are not unwrapped again: who recovers from a failed disk must not wait
/// for the holder of the operator's key.
Result<std::shared_ptr<const keys::DataKeys>> AccountDirectory::keys_of_stored(
    const Account& stored, const keys::KeyDirectory& keys) const {
  const auto known = find(stored.name.text());
  if (known && known->account().data_keys == stored.data_keys)
    if (auto opened = keys.any_of(stored.name.text())) return opened;
  return keys.open(keys_of(stored));
}

namespace {

Result<JournalPlace> journal_of(const store::Store& store, std::uint32_t slot) {
  return decode_slot(slot, TRY(store.look_up(slot_key(slot))).value);
}

}  // namespace

Result<void> AccountDirectory::load(const store::Store& store, keys::KeyDirectory& keys) {
  SnapshotMap<Known>::Map all;
  std::vector<keys::OpenedKeys> opened;
  for (const auto& row : TRY(store.scan(store::Table::State, kAccountPrefix,
                                        store::key_after_prefix(std::string(kAccountPrefix)), SIZE_MAX))) {
    auto stored = TRY(decode_account_row(row.value));
    auto data_keys = TRY(keys_of_stored(stored.account, keys));
    auto account = TRY(open_account(std::move(stored), *data_keys));
    if (auto place = TRY(journal_of(store, account.slot)); place.stream != account.slot)
      account.successor = place;
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
  // The account's row does not tell it.
  if (const auto before = find(name); before && !account.successor)
    account.successor = before->account().successor;
  auto ring = std::make_shared<const KeyRing>(std::move(account));
  known_.change([&](auto& map) {
    auto& known = map[name];
    if (known.ring && known.version >= version) return false;
    known = {ring, version};
    return true;
  });
}

}  // namespace vitrine::identity
