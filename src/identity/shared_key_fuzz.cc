// Any bytes as Authorization header, path, query and headers: never a crash, never a signer.
#include <cstdlib>

#include "identity/canonical.h"
#include "identity/shared_key.h"
#include "identity/test_requests.h"

namespace {

/// The next line of the input; the rest stays.
std::string_view take_line(std::string_view& input) {
  auto line = input.substr(0, input.find('\n'));
  input.remove_prefix(std::min(input.size(), line.size() + 1));
  return line;
}

std::vector<vitrine::identity::NameValue> take_pairs(std::string_view& input, std::size_t count) {
  std::vector<vitrine::identity::NameValue> pairs;
  for (; count > 0; --count) {
    auto line = take_line(input);
    auto colon = std::min(line.find(':'), line.size());
    pairs.push_back({line.substr(0, colon), line.substr(std::min(line.size(), colon + 1))});
  }
  return pairs;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  static const auto keys = identity::emulator_key_ring();
  auto input = as_text({data, size});
  auto authorization = take_line(input);
  auto path = take_line(input);
  auto query = take_pairs(input, 3);
  auto headers = take_pairs(input, 8);
  auto now = from_micros(1'700'000'000'000'000);
  auto date = to_http_date(now);
  headers.push_back({"Authorization", authorization});
  headers.push_back({"x-ms-date", date});
  if (identity::verify_shared_key({"PUT", path, query, headers}, keys, now)) std::abort();
  if (identity::collates_before(authorization, path) && identity::collates_before(path, authorization))
    std::abort();
  return 0;
}
