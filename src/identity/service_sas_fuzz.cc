// Any bytes as the query of a service SAS: never a crash, never a signer.
#include <cstdlib>

#include "identity/service_sas.h"
#include "identity/test_requests.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  static const auto keys = identity::emulator_key_ring();
  auto sas = identity::parse_service_sas(identity::split_query(as_text({data, size})));
  if (!sas) return 0;
  if (identity::find_signer(*sas, {"devstoreaccount1", "con", "b"}, keys)) std::abort();
  if (identity::complete_terms(*sas)) (void)identity::check_use(*sas, {"127.0.0.1", true, sas->valid_until});
  return 0;
}
