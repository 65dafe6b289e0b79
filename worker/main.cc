// vitrine-worker MODELS SOCKET MEMORY: started by the server, never by a person.
//
// MODELS is the folder of the models, SOCKET the number of the inherited socket to the server, MEMORY the
// most bytes of private memory. Ends when the server closes the socket, and with the server's thread.
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "worker/analyzer.h"
#include "worker/cage.h"
#include "worker/protocol/frame_socket.h"
#include "worker/serve.h"

namespace vitrine::worker {
namespace {

constexpr int kNiceness = 10;
constexpr int kUsageError = 2;
constexpr const char* kWhatItIs =
    "vitrine-worker analyses one picture at a time, caged: without network and without files.\n"
    "The server (vitrine serve) starts it and talks to it; by itself it does nothing.\n";

template <class T>
std::optional<T> parse_number(std::string_view text) {
  T out{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

/// Models first, then the cage: after it no file can be opened any more.
Result<Analyzer> prepare(const char* models, int socket, std::uint64_t memory_bytes) {
  auto analyzer = TRY(Analyzer::load(models));
  TRY(lock_cage(socket, {.memory_bytes = memory_bytes}));
  return analyzer;
}

int run(const char* models, int socket, std::uint64_t memory_bytes) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  ::setpriority(PRIO_PROCESS, 0, kNiceness);
  FrameSocket server{Descriptor(socket)};
  auto analyzer = prepare(models, socket, memory_bytes);
  if (!analyzer) {
    (void)server.send(CannotStart{analyzer.error().message.substr(0, kMaxTextBytes)});
    return EXIT_FAILURE;
  }
  if (!server.send(Ready{analyzer->models()})) return EXIT_SUCCESS;
  auto served = serve(server, *analyzer);
  // What libraries do at exit is not worth opening the cage for.
  ::_exit(served ? EXIT_SUCCESS : EXIT_FAILURE);
}

}  // namespace
}  // namespace vitrine::worker

int main(int count, char** words) {
  using vitrine::worker::parse_number;
  if (count == 2 && std::string_view(words[1]) == "--help") {
    std::fputs(vitrine::worker::kWhatItIs, stdout);
    return EXIT_SUCCESS;
  }
  auto socket = count == 4 ? parse_number<int>(words[2]) : std::nullopt;
  auto memory = count == 4 ? parse_number<std::uint64_t>(words[3]) : std::nullopt;
  if (!socket || !memory) {
    std::fputs(vitrine::worker::kWhatItIs, stderr);
    return vitrine::worker::kUsageError;
  }
  return vitrine::worker::run(words[1], *socket, *memory);
}
