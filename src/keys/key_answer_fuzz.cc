// Any bytes as an answer of the key command: a key of a size that is allowed, or an error.
#include <cstdlib>

#include "keys/key_command.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  const auto key = keys::read_key_answer(as_text({data, size}));
  if (key ? key->empty() || key->size() > 16'384 : key.error().code != Code::Unavailable) std::abort();
  return 0;
}
