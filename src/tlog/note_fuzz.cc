// Whatever parses as a note, key or checkpoint is written back as it was read.
#include <cstdlib>

#include "tlog/checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine::tlog;
  auto text = vitrine::as_text({data, size});
  if (auto note = Note::parse(text); note && note->document() != text) std::abort();
  if (auto key = NoteKey::parse(text); key && key->text() != text) std::abort();
  if (auto checkpoint = Checkpoint::parse(text); checkpoint && checkpoint->text() != text) std::abort();
  return 0;
}
