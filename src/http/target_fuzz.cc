#include <algorithm>
#include <cstdlib>

#include "base/bytes.h"
#include "http/target.h"

/// Whatever is accepted is free of NUL and line ends and takes apart again what it was put together from.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  auto target = http::Target::parse(as_text({data, size}));
  if (!target) return 0;
  auto is_clean = [](const std::string& text) {
    return std::ranges::none_of(text, [](char c) { return c == '\0' || c == '\r' || c == '\n'; });
  };
  if (!target->path.starts_with('/') || !is_clean(target->path)) std::abort();
  for (const auto& [name, value] : target->query) {
    if (!is_clean(name) || !is_clean(value)) std::abort();
  }
  auto again = http::Target::parse(target->raw_path + "?" + target->raw_query);
  if (!again || again->path != target->path || again->query.size() != target->query.size()) std::abort();
  return 0;
}
