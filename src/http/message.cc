#include "http/message.h"

#include <array>
#include <utility>

namespace vitrine::http {
namespace {

constexpr std::array<std::pair<std::string_view, Method>, 8> kMethods = {{
    {"GET", Method::Get},
    {"HEAD", Method::Head},
    {"PUT", Method::Put},
    {"POST", Method::Post},
    {"DELETE", Method::Delete},
    {"OPTIONS", Method::Options},
    {"PATCH", Method::Patch},
    {"MERGE", Method::Merge},
}};

}  // namespace

Method parse_method(std::string_view text) {
  for (auto [name, method] : kMethods) {
    if (name == text) return method;
  }
  return Method::Other;
}

Response Response::empty(unsigned status) {
  Response response;
  response.status = status;
  return response;
}

Response Response::text(unsigned status, std::string_view content_type, std::string body) {
  Response response = empty(status);
  response.headers.set("Content-Type", content_type);
  response.body = std::move(body);
  return response;
}

Response Response::streamed(unsigned status, std::unique_ptr<BodySource> source, std::uint64_t length) {
  Response response = empty(status);
  response.stream = std::move(source);
  response.stream_length = length;
  return response;
}

Response Response::head(unsigned status, std::uint64_t length) {
  Response response = empty(status);
  response.stream_length = length;
  return response;
}

Response plain_refusal(const Error& error) {
  return Response::text(http_status(error.code), "text/plain; charset=utf-8", error.message + "\n");
}

}  // namespace vitrine::http
