#include "identity/emulator.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "base/encoding.h"

namespace vitrine::identity {
namespace {

constexpr std::size_t kMostSecrets = 2;

/// Base64 as JavaScript's emulators read it: of either alphabet, padded or not. Bits that make no byte are
/// dropped.
Result<Bytes> decode_key(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr std::string_view kOfUrls = "-_";
  Bytes bytes;
  std::uint32_t bits = 0, count = 0;
  for (auto c : text.substr(0, text.find_last_not_of('=') + 1)) {
    const auto of_urls = kOfUrls.find(c);
    const auto digit = of_urls == std::string_view::npos ? kDigits.find(c) : 62 + of_urls;
    if (digit == std::string_view::npos) return fail(Code::InvalidInput, "The key is not base64.");
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<std::uint8_t>(bits >> count));
  }
  return bytes;
}

Result<ConfiguredAccount> parse_entry(std::string_view entry, std::size_t number) {
  auto bad = [&](std::string_view what) {
    return fail(Code::InvalidInput,
                fmt::format("Account entry {} {}; write name:key or name:key1:key2 with base64 keys, entries "
                            "separated by semicolons.",
                            number, what));
  };
  auto colon = entry.find(':');
  if (colon == std::string_view::npos) return bad("has no key");
  auto name = AccountName::parse(entry.substr(0, colon));
  if (!name) return bad("has an invalid account name");
  ConfiguredAccount account{std::move(*name), {}};
  for (auto part : std::views::split(entry.substr(colon + 1), ':')) {
    auto secret = decode_key(std::string_view(part));
    if (!secret || secret->empty()) return bad("has a key that is not base64");
    account.secrets.push_back(std::move(*secret));
  }
  if (account.secrets.empty()) return bad("has no key");
  if (account.secrets.size() > kMostSecrets) return bad("has more than two keys");
  return account;
}

}  // namespace

bool is_well_known(ConstBytes secret) {
  static const auto published = from_base64(kEmulatorKey).value();
  return std::ranges::equal(secret, published);
}

Result<std::vector<ConfiguredAccount>> parse_configured_accounts(std::string_view text) {
  std::vector<ConfiguredAccount> accounts;
  std::size_t number = 0;
  for (auto part : std::views::split(text, ';')) {
    ++number;
    auto entry = std::string_view(part);
    if (entry.empty()) continue;
    auto account = TRY(parse_entry(entry, number));
    if (std::ranges::count(accounts, account.name, &ConfiguredAccount::name) > 0)
      return fail(Code::InvalidInput, fmt::format("Account '{}' is configured twice.", account.name.text()));
    accounts.push_back(std::move(account));
  }
  return accounts;
}

}  // namespace vitrine::identity
