// Any bytes as the query of an account SAS: never a crash, never a signer.
#include <cstdlib>

#include "identity/account_sas.h"
#include "identity/test_requests.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  static const auto keys = identity::emulator_key_ring();
  auto sas = identity::parse_account_sas(identity::split_query(as_text({data, size})));
  if (sas && identity::verify_account_sas(*sas, keys,
                                          {"127.0.0.1", true, sas->valid_until - std::chrono::seconds(1)}))
    std::abort();
  return 0;
}
