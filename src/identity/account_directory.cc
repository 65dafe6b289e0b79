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
    map->emplace(std::move(name), Known{std::make_shared<const KeyRing>(std::move(account)), row.version});
  }
  current_ = std::shared_ptr<const Map>(std::move(map));
  return {};
}

std::shared_ptr<const KeyRing> AccountDirectory::find(std::string_view name) const {
  auto map = current_.load();
  auto found = map->find(name);
  return found == map->end() ? nullptr : found->second.ring;
}

std::vector<std::shared_ptr<const KeyRing>> AccountDirectory::all() const {
  std::vector<std::shared_ptr<const KeyRing>> out;
  for (const auto& [name, known] : *current_.load()) out.push_back(known.ring);
  return out;
}

void AccountDirectory::replace(Account account, store::Version version) {
  auto name = account.name.text();
  auto ring = std::make_shared<const KeyRing>(std::move(account));
  auto before = current_.load();
  std::shared_ptr<const Map> after;
  do {
    auto found = before->find(name);
    if (found != before->end() && found->second.version >= version) return;
    auto next = std::make_shared<Map>(*before);
    (*next)[name] = {ring, version};
    after = std::move(next);
  } while (!current_.compare_exchange_weak(before, after));
}

}  // namespace vitrine::identity
