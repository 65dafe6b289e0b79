#include "keys/data_key.h"

#include <algorithm>

namespace vitrine::keys {
namespace {

constexpr std::string_view kSegments = "vitrine segment keys 1";
constexpr std::string_view kValues = "vitrine values 1";
constexpr std::size_t kEpochBytes = 4;

crypto::Aes256Key values_key(const crypto::Aes256Key& key) {
  return crypto::KeyDerivation(as_bytes(kValues), key).derive({});
}

Bytes bound_to(const Owner& owner, std::string_view place) {
  Bytes additional = to_bytes(owner);
  append(additional, as_bytes(place));
  return additional;
}

}  // namespace

DataKey::DataKey(Epoch epoch, const crypto::Aes256Key& key, const Owner& owner)
    : epoch_(epoch), owner_(owner), segments_(as_bytes(kSegments), key), values_(values_key(key)) {}

Result<const DataKey*> DataKeys::find(Epoch epoch) const {
  auto found = std::ranges::find(keys_, epoch, &DataKey::epoch);
  if (found == keys_.end())
    return fail(Code::Unavailable, "The key that this was encrypted under was destroyed: it cannot be read.");
  return &*found;
}

std::string DataKeys::seal(std::string_view place, std::string_view value) const {
  const auto& key = current();
  Bytes out;
  append_be32(out, key.epoch());
  append(out, key.values_.seal(bound_to(key.owner(), place), as_bytes(value)));
  return std::string(as_text(out));
}

Result<std::string> DataKeys::open(std::string_view place, std::string_view sealed) const {
  auto damaged = [] {
    return fail(Code::Corrupt,
                "A stored value was changed or lies in a wrong place. Restore it from a backup.");
  };
  if (sealed.size() < kEpochBytes) return damaged();
  const auto* key = TRY(find(read_be32(as_bytes(sealed))));
  auto value = key->values_.open(bound_to(key->owner(), place), as_bytes(sealed.substr(kEpochBytes)));
  if (!value) return damaged();
  return std::string(as_text(*value));
}

}  // namespace vitrine::keys
