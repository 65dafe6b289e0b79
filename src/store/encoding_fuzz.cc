// Whatever lies in the tables, reading it fails cleanly or gives back what would be stored.
#include <cstdlib>

#include "store/encoding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  using namespace vitrine::store;
  const ConstBytes input(data, size);
  if (auto row = read_segment_row(input); row && store_segment_row(*row) != to_bytes(input)) std::abort();
  if (auto place = read_journal_key(input)) {
    const auto key = journal_key(place->slot, place->index);
    if (as_text(key) != as_text(input)) std::abort();
  }
  if (auto slot = read_front_key(as_text(input)); slot && front_key(*slot) != as_text(input)) std::abort();
  if (auto value = read_integer(input); value && as_text(store_integer(*value)) != as_text(input))
    std::abort();
  (void)read_versioned(input);
  (void)read_journal_value(input);
  return 0;
}
