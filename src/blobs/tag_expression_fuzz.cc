// Any text as an expression: never a crash, and a search means the same as the condition of its text.
#include <cstdlib>

#include "base/bytes.h"
#include "blobs/tag_expression.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  using namespace vitrine::blobs;
  const auto text = as_text(ConstBytes(data, size));
  Tags tags;
  tags.values = {{"a", "1"}, {"b", ""}, {"key 1", "x"}};
  const auto condition = TagExpression::parse(text);
  const bool matches = condition && condition->matches(tags);
  const auto search = TagSearch::parse(text);
  if (!search) return 0;
  if (search->comparisons.empty()) std::abort();
  if (search->container.empty() && (!condition || search->matches(tags) != matches)) std::abort();
  return 0;
}
