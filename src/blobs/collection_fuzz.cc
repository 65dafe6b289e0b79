// A task of the collection reads back as it was written, or is refused.
#include <cstdlib>

#include "blobs/collection.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  using namespace vitrine::blobs;
  const auto key = task_key_after({}).append(16, '\0');
  const std::string value(as_text({data, size}));
  if (const auto task = decode_task(key, value); task && write_task(*task).value != value) std::abort();
  return 0;
}
