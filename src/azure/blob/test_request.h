// A request for the tests of what is read from one.
#pragma once

#include <string_view>

#include "http/message.h"

namespace vitrine::azure::blob {

/// The body of a request that has none.
class NoBody : public http::BodyReader {
 public:
  Task<Result<std::size_t>> read(MutableBytes) override { co_return std::size_t{0}; }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return 0; }
};

/// A GET without headers. Precondition: the target is one.
struct TestRequest {
  explicit TestRequest(std::string_view target) : request(body) {
    request.method = http::Method::Get;
    request.target = *http::Target::parse(target);
  }
  NoBody body;
  http::Request request;
};

}  // namespace vitrine::azure::blob
