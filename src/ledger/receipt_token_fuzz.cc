// No token opens but those that were given out, in either case of their letters.
#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "ledger/receipt_token.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  static const ledger::ReceiptTokens tokens(as_bytes("secret"));
  static const auto good = tokens.seal({3, 1'000'000});

  auto opens = [](std::string token) {
    auto place = tokens.open(token);
    std::ranges::transform(token, token.begin(), [](unsigned char c) { return std::tolower(c); });
    if (place && tokens.seal(*place) != token) std::abort();
    return place.has_value();
  };
  auto input = as_text({data, size});
  opens(std::string(input));
  if (size < 2) return 0;
  auto start = data[0] % good.size();
  auto length = std::min<std::size_t>(data[1], good.size() - start);
  auto changed = good.substr(0, start) + std::string(input.substr(2)) + good.substr(start + length);
  // Whoever makes a second token up has broken HMAC-SHA-256.
  if (opens(changed) && !std::ranges::equal(changed, good, [](unsigned char a, unsigned char b) {
        return std::tolower(a) == b;
      }))
    std::abort();
  return 0;
}
