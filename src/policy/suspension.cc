#include "policy/suspension.h"

#include "base/cbor.h"

namespace vitrine::policy {

store::Key standing_key(std::string_view account) {
  return {store::Table::State, "standing/" + std::string(account)};
}

std::string encode_standing(const Standing& standing) {
  CborWriter writer;
  writer.array(2).unsigned_int(1).array(standing.suspended.count());
  for (std::size_t i = 0; i < kServiceCount; ++i)
    if (standing.suspended.test(i)) writer.text(name(static_cast<Service>(i)));
  return std::string(as_text(writer.view()));
}

Result<Standing> decode_standing(const store::Entry& entry) {
  Standing out{.suspended = {}, .version = entry.version, .read_at = entry.read_at};
  if (entry.version == 0) return out;
  CborReader reader(as_bytes(entry.value));
  TRY(reader.array(2));
  if (TRY(reader.unsigned_int()) != 1)
    return fail(Code::Corrupt, "An account's standing has an unknown format.");
  for (auto left = TRY(reader.array_up_to(kServiceCount)); left > 0; --left)
    out.suspended.set(static_cast<std::size_t>(TRY(parse_service(TRY(reader.text())))));
  TRY(reader.end());
  return out;
}

Standing Standings::of(std::string_view account) const {
  auto map = standings_.snapshot();
  auto found = map->find(account);
  return found == map->end() ? Standing{.suspended = {}, .version = 0, .read_at = read_at_} : found->second;
}

void Standings::replace(std::string_view account, const Standing& standing) {
  standings_.change([&](auto& map) {
    auto [known, is_new] = map.try_emplace(std::string(account), standing);
    if (!is_new && known->second.version >= standing.version) return false;
    known->second = standing;
    return true;
  });
}

}  // namespace vitrine::policy
