// Any bytes as a batch: never a crash, no more parts than may be, and none that could end a line of the
// answer.
#include <cstdlib>

#include "azure/blob/batch.h"
#include "azure/blob/test_request.h"
#include "base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  namespace blob = azure::blob;
  const auto parts = blob::parse_batch("multipart/mixed; boundary=b", as_text({data, size}));
  if (!parts) return 0;
  if (parts->empty() || parts->size() > blob::kMostBatchParts) std::abort();
  const auto target = *http::Target::parse("/account/container");
  const auto place = *blob::parse_address(target, "");
  for (const auto& part : *parts) {
    if (part.content_id.find_first_of("\r\n") != std::string::npos) std::abort();
    blob::NoBody body;
    http::Request request(body);
    const auto read = blob::read_part(part, {place, "localhost"}, request);
    if (read && request.method != http::Method::Delete && request.method != http::Method::Put) std::abort();
  }
  return 0;
}
