// Whatever is changed in a signed checkpoint, it opens as what was signed or not at all.
#include <algorithm>
#include <cstdlib>

#include "tlog/checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  static const auto signing = crypto::SigningKey::from_seed({1, 2, 3});
  static const auto key = tlog::NoteKey::make("log.example/sample", signing.public_key()).value();
  static const tlog::Checkpoint good{
      .origin = key.name(), .size = 260, .root = crypto::sha256({}), .extensions = {"more"}};
  static const auto document = tlog::sign_checkpoint(good, key, signing).value();

  auto input = as_text({data, size});
  if (tlog::open_checkpoint(input, key) && !input.contains(good.text())) std::abort();
  if (size < 2) return 0;
  auto start = data[0] % document.size();
  auto length = std::min<std::size_t>(data[1], document.size() - start);
  auto changed = document.substr(0, start) + std::string(input.substr(2)) + document.substr(start + length);
  if (auto opened = tlog::open_checkpoint(changed, key); opened && opened->text() != good.text())
    std::abort();
  return 0;
}
