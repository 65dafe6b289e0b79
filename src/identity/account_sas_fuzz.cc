// Any bytes as the query of an account SAS: never a crash, never a signer.
#include <cstdlib>

#include "identity/account_sas.h"
#include "identity/test_requests.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  static const auto keys = identity::emulator_key_ring();
  auto input = as_text({data, size});
  std::vector<identity::NameValue> query;
  while (!input.empty()) {
    auto field = input.substr(0, input.find('&'));
    input.remove_prefix(std::min(input.size(), field.size() + 1));
    auto equals = std::min(field.find('='), field.size());
    query.push_back({field.substr(0, equals), field.substr(std::min(field.size(), equals + 1))});
  }
  auto sas = identity::parse_account_sas(query);
  if (sas && identity::verify_account_sas(*sas, keys,
                                          {"127.0.0.1", true, sas->valid_until - std::chrono::seconds(1)}))
    std::abort();
  return 0;
}
