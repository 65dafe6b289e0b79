// Any bytes as an account's row: refused, or the same row again but for its sealed part.
#include <cstdlib>

#include "identity/account.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  auto row = identity::decode_account_row(as_text({data, size}));
  if (!row) return 0;
  const keys::DataKeys keys({{keys::kOwnKey, {}, row->account.journal}});
  const auto account = row->account;
  const auto again = identity::decode_account_row(identity::encode_account(account, keys));
  if (!again || again->account != account) std::abort();
  if (const auto opened = identity::open_account(std::move(*row), keys); opened && opened->keys.size() > 1024)
    std::abort();
  return 0;
}
