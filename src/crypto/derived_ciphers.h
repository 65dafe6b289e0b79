// Ciphers of derived keys, kept for the messages to come.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "crypto/aead.h"

namespace vitrine::crypto {

/// What a key was derived from: another key, by a number that the process never gives twice, and a prefix.
struct DerivedFrom {
  std::uint64_t key = 0;  ///< from 1
  std::array<std::uint8_t, 12> prefix{};

  friend bool operator==(const DerivedFrom&, const DerivedFrom&) = default;
};

/// Bounded, however many keys and prefixes there are: what was kept longest in a place makes room, and is
/// wiped. Usable from any thread; threads seldom share a part of it, so that they hardly wait.
class DerivedCiphers {
 public:
  /// The process's.
  static DerivedCiphers& shared();

  /// Calls `use` with the cipher; `derive` gives its key when it is not kept.
  template <class Derive, class Use>
  decltype(auto) with(const DerivedFrom& origin, const Derive& derive, const Use& use) {
    auto& part = own_part();
    const std::lock_guard lock(part.mutex);
    auto& kept = part.places[place_of(origin)];
    if (!kept.cipher || kept.origin != origin) set_up(kept, origin, derive());
    return use(std::as_const(*kept.cipher));
  }

  /// Wipes all that was derived from a key. Precondition: nobody uses it any more.
  void forget(std::uint64_t key);

 private:
  static constexpr std::size_t kParts = 16;
  static constexpr std::size_t kPlaces = 256;

  struct Kept {
    DerivedFrom origin;
    std::optional<AesGcm> cipher;
  };
  struct alignas(64) Part {
    std::mutex mutex;
    std::vector<Kept> places = std::vector<Kept>(kPlaces);
  };

  Part& own_part();
  static std::size_t place_of(const DerivedFrom& origin);
  static void set_up(Kept& kept, const DerivedFrom& origin, Aes256Key key);

  std::array<Part, kParts> parts_;
};

}  // namespace vitrine::crypto
