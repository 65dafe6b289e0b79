#include <algorithm>
#include <cstdlib>

#include "base/bytes.h"
#include "http/request_head.h"

namespace {

class NoBody final : public vitrine::http::BodyReader {
 public:
  vitrine::Task<vitrine::Result<std::size_t>> read(vitrine::MutableBytes) override {
    co_return std::size_t{0};
  }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return 0; }
};

}  // namespace

/// A head that is accepted has one Host at most, one way to tell its body's length, and no line end in a
/// value.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  auto text = as_text({data, size});
  auto end = http::find_head_end(text, 0);
  if (!end || !*end) return 0;
  NoBody body;
  http::Request request(body);
  auto framing = http::parse_request_head(text.substr(0, **end), 64, request);
  if (!framing) return 0;
  if (request.headers.count("Host") > 1) std::abort();
  if (request.headers.count("Content-Length") + request.headers.count("Transfer-Encoding") > 1) std::abort();
  for (auto field : request.headers) {
    if (field.name.empty() || field.value.find_first_of("\r\n") != std::string_view::npos) std::abort();
  }
  return 0;
}
