#include "crypto/derived_ciphers.h"

#include <atomic>

namespace vitrine::crypto {

DerivedCiphers& DerivedCiphers::shared() {
  // Never destroyed: keys of any lifetime are forgotten in it.
  static auto* const ciphers = new DerivedCiphers;
  return *ciphers;
}

DerivedCiphers::Part& DerivedCiphers::own_part() {
  static std::atomic<std::size_t> threads = 0;
  thread_local const std::size_t own = threads++ % kParts;
  return parts_[own];
}

std::size_t DerivedCiphers::place_of(const DerivedFrom& origin) {
  // Prefixes are random already; the key's number parts those of chosen ones.
  return (read_be64(origin.prefix) ^ origin.key) % kPlaces;
}

void DerivedCiphers::set_up(Kept& kept, const DerivedFrom& origin, Aes256Key key) {
  kept.origin = {};
  if (kept.cipher)
    kept.cipher->set_key(key);
  else
    kept.cipher.emplace(key);
  kept.origin = origin;
  wipe(key);
}

void DerivedCiphers::forget(std::uint64_t key) {
  for (auto& part : parts_) {
    const std::lock_guard lock(part.mutex);
    for (auto& kept : part.places)
      if (kept.origin.key == key) kept = {};
  }
}

}  // namespace vitrine::crypto
