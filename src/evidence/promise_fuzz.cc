// Whatever decodes as a promise is encoded back as it was read, and none verifies but the one that was made,
// by itself or in a receipt. The input is read as it is, and replaces a part of what is good.
#include <algorithm>
#include <cstdlib>

#include "evidence/promise_verifier.h"
#include "evidence/sample_log.h"

namespace {

using namespace vitrine;

Bytes changed(ConstBytes good, ConstBytes input) {
  const auto start = (std::size_t{input[0]} << 8 | input[1]) % good.size();
  const auto length = std::min<std::size_t>(input[2], good.size() - start);
  auto out = to_bytes(good.first(start));
  append(out, input.subspan(3));
  append(out, good.subspan(start + length));
  return out;
}

std::string without_spaces(ConstBytes document) {
  std::string text(as_text(document));
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; });
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto log = evidence::sample_log();
  static const auto promise = evidence::encode_promise(log.promise(1, {2, 3, 4}, 1, 5));
  static const auto receipt = to_bytes(as_bytes(*evidence::write_receipt(log.promised_receipt(1, 3, 5))));

  const ConstBytes input(data, size);
  if (auto read = evidence::decode_promise(input))
    if (as_text(evidence::encode_promise(*read)) != as_text(input)) std::abort();
  evidence::verify_promise(as_text(input), log.key());
  if (size < 3) return 0;
  const auto other = changed(promise, input);
  if (auto read = evidence::decode_promise(other); read && other != promise)
    if (evidence::verify_promise(evidence::promise_text(*read), log.key()).verified()) std::abort();
  const auto document = changed(receipt, input);
  const bool verified = evidence::verify_promised_receipt(as_text(document), log.key()).verified();
  if (verified && without_spaces(document) != without_spaces(receipt)) std::abort();
  return 0;
}
