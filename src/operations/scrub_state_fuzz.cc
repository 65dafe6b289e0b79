// Whatever lies in the scrub's file, reading it fails cleanly or gives back what would be written.
#include <cstdlib>

#include "operations/scrub_state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  const ConstBytes input(data, size);
  if (auto state = operations::decode_scrub_state(input);
      state && operations::encode_scrub_state(*state) != to_bytes(input))
    std::abort();
  return 0;
}
