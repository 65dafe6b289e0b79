// Serves a trivial GET and a streamed body for wrk: server_bench [port] [threads] [seconds].
#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "http/server.h"

namespace {

using namespace vitrine;

/// The same block again and again: measures the path to the socket, not a disk.
class Repeated final : public http::BodySource {
 public:
  explicit Repeated(const Bytes& block) : block_(block) {}
  Task<Result<ConstBytes>> next() override { co_return ConstBytes(block_); }

 private:
  const Bytes& block_;
};

Task<http::Response> answer(http::Request& request) {
  static const Bytes block(std::size_t{256} << 10, 'v');
  if (request.target.path == "/large") {
    co_return http::Response::streamed(200, std::make_unique<Repeated>(block), 64 * block.size());
  }
  Bytes discarded(request.body.length() == 0 ? 0 : std::size_t{64} << 10);
  while (!discarded.empty()) {
    auto count = co_await request.body.read(discarded);
    if (!count || *count == 0) break;
  }
  co_return http::Response::text(200, "text/plain", "Hello, world.\n");
}

unsigned number_or(std::span<char*> arguments, std::size_t index, unsigned fallback) {
  if (index >= arguments.size()) return fallback;
  std::string_view text(arguments[index]);
  std::from_chars(text.data(), text.data() + text.size(), fallback);
  return fallback;
}

}  // namespace

int main(int count, char** values) {
  const std::span arguments(values, static_cast<std::size_t>(count));
  http::IoThreads threads(number_or(arguments, 2, 1));
  http::ServerOptions options;
  options.port = static_cast<std::uint16_t>(number_or(arguments, 1, 0));
  http::Server server(threads, options, answer);
  threads.start();
  auto port = server.start();
  if (!port) {
    fmt::print(stderr, "{}\n", port.error().message);
    return 1;
  }
  fmt::print("listening on 127.0.0.1:{}\n", *port);
  std::fflush(stdout);
  std::this_thread::sleep_for(std::chrono::seconds(number_or(arguments, 3, 60)));
  server.stop();
}
