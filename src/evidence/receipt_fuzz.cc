// No document verifies but the one that the log stands behind, whitespace apart; every other is refused in
// peace. The input replaces a part of a good receipt, so that all checks are reached.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "evidence/closed_receipt.h"
#include "evidence/receipt_verifier.h"
#include "evidence/sample_log.h"

namespace {

std::string without_spaces(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; });
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  static auto log = evidence::sample_log();
  static const auto good = *evidence::write_receipt(log.receipt(1, 3));

  auto input = as_text({data, size});
  evidence::verify_receipt(input, log.key());
  if (size < 3) return 0;
  auto start = (std::size_t{data[0]} << 8 | data[1]) % good.size();
  auto length = std::min<std::size_t>(data[2], good.size() - start);
  auto changed = good.substr(0, start) + std::string(input.substr(3)) + good.substr(start + length);
  auto verified = evidence::verify_receipt(changed, log.key()).verified();
  if (verified && without_spaces(changed) != without_spaces(good)) std::abort();
  constexpr std::array kClosed = {evidence::FacetKind::Who, evidence::FacetKind::Why};
  const auto closed = evidence::close_facets(changed, kClosed);
  if (verified && !(closed && evidence::verify_receipt(*closed, log.key()).verified())) std::abort();
  return 0;
}
