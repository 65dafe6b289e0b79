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
  auto map = std::make_shared<Map>();
  for (const auto& row : TRY(store.scan(store::Table::State, kPrefix, kPrefixEnd, SIZE_MAX))) {
    auto account = TRY(decode_account(as_bytes(row.value)));
    auto name = account.name.text();
    map->emplace(std::move(name), std::make_shared<const KeyRing>(std::move(account)));
  }
  current_ = std::shared_ptr<const Map>(std::move(map));
  return {};
}

std::shared_ptr<const KeyRing> AccountDirectory::find(std::string_view name) const {
  auto map = current_.load();
  auto found = map->find(name);
  return found == map->end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<const KeyRing>> AccountDirectory::all() const {
  std::vector<std::shared_ptr<const KeyRing>> out;
  for (const auto& [name, ring] : *current_.load()) out.push_back(ring);
  return out;
}

void AccountDirectory::replace(Account account) {
  auto name = account.name.text();
  auto ring = std::make_shared<const KeyRing>(std::move(account));
  auto before = current_.load();
  std::shared_ptr<const Map> after;
  do {
    auto next = std::make_shared<Map>(*before);
    (*next)[name] = ring;
    after = std::move(next);
  } while (!current_.compare_exchange_weak(before, after));
}

}  // namespace vitrine::identity
