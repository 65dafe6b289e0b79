#include "keys/data_key.h"

#include <algorithm>
#include <boost/endian/conversion.hpp>

namespace vitrine::keys {
namespace {

constexpr std::string_view kSegments = "vitrine segment keys 1";
constexpr std::string_view kDelegations = "vitrine user delegation keys 1";
constexpr std::string_view kValues = "vitrine values 1";
constexpr std::size_t kEpochBytes = 4;
constexpr std::size_t kOverhead = kEpochBytes + crypto::Xaes::kOverhead;

crypto::Xaes values_cipher(const crypto::Aes256Key& key) {
  auto derived = crypto::KeyDerivation(as_bytes(kValues), key).derive({});
  crypto::Xaes cipher(derived);
  crypto::wipe(derived);
  return cipher;
}

/// What a value is tied to besides its key. Holds until the thread asks for the next one.
ConstBytes bound_to(const Owner& owner, Place place) {
  thread_local Bytes additional;
  additional.assign(owner.begin(), owner.end());
  additional.push_back(place.table);
  append(additional, as_bytes(place.row));
  return additional;
}

/// Gives the text this size without filling it first; empties it when `write` fails, whose answer it returns.
template <class Write>
bool write_over(std::string& text, std::size_t size, const Write& write) {
  bool done = false;
  // The size that libstdc++ 12 hands on may be the capacity: ours counts.
  text.resize_and_overwrite(size, [&](char* to, std::size_t) {
    done = write(MutableBytes(reinterpret_cast<std::uint8_t*>(to), size));
    return done ? size : 0;
  });
  return done;
}

std::unexpected<Error> damaged() {
  return fail(Code::Corrupt,
              "A stored value was changed or lies in a wrong place. Restore it from a backup.");
}

}  // namespace

DataKey::DataKey(Epoch epoch, const crypto::Aes256Key& key, const Owner& owner)
    : epoch_(epoch),
      owner_(owner),
      segments_(as_bytes(kSegments), key),
      delegations_(as_bytes(kDelegations), key),
      values_(values_cipher(key)) {}

std::string DataKey::seal(Place place, std::string_view value) const {
  std::string out;
  write_over(out, value.size() + kOverhead, [&](MutableBytes to) {
    boost::endian::store_big_u32(to.data(), epoch_);
    values_.seal(bound_to(owner_, place), as_bytes(value), to.subspan(kEpochBytes));
    return true;
  });
  return out;
}

std::shared_ptr<const DataKeys> DataKeys::with_customers(const crypto::Aes256Key& key) const {
  DataKeys keys(*this);
  keys.customers_.emplace(kCustomersKey, key, current().owner());
  return std::make_shared<const DataKeys>(std::move(keys));
}

Result<const DataKey*> DataKeys::find(Epoch epoch) const {
  if (customers_ && epoch == kCustomersKey) return &*customers_;
  if (epoch == kCustomersKey)
    return fail(Code::BlobUsesCustomerSpecifiedEncryption, "Only the customer has the key of this content.");
  auto found = std::ranges::find(keys_, epoch, &DataKey::epoch);
  if (found == keys_.end())
    return fail(Code::ContentDestroyed,
                "The key that this was encrypted under was destroyed: it cannot be read.");
  return &*found;
}

std::string DataKeys::seal(Place place, std::string_view value) const {
  return current().seal(place, value);
}

std::string DataKeys::seal_content(Place place, std::string_view value) const {
  return of_content().seal(place, value);
}

std::string DataKeys::seal_own(Place place, std::string_view value) const {
  return keys_.front().seal(place, value);
}

Result<void> DataKeys::open(Place place, std::string_view sealed, std::string& out) const {
  if (sealed.size() < kOverhead) return damaged();
  const auto* key = TRY(find(read_be32(as_bytes(sealed))));
  const auto bytes = as_bytes(sealed.substr(kEpochBytes));
  const bool is_whole = write_over(out, sealed.size() - kOverhead, [&](MutableBytes to) {
    return key->values_.open(bound_to(key->owner(), place), bytes, to);
  });
  if (!is_whole) return damaged();
  return {};
}

Result<std::string> DataKeys::open(Place place, std::string_view sealed) const {
  std::string value;
  TRY(open(place, sealed, value));
  return value;
}

}  // namespace vitrine::keys
