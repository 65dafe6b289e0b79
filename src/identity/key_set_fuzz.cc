// Any bytes as an issuer's key set: never a crash, never a set without keys.
#include <cstdlib>

#include "identity/key_set.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  const auto set = identity::KeySet::parse(as_text({data, size}));
  if (set && set->size() == 0) std::abort();
  return 0;
}
