// A worker for the pool's tests: it speaks the real frames, and its behaviour is the text of the
// "picture". What comes back as the only object's label is what the test wants to know.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "worker/protocol/frame_socket.h"

namespace vitrine::worker {
namespace {

std::string open_descriptors() {
  std::string out;
  auto* folder = ::opendir("/proc/self/fd");
  while (const auto* entry = ::readdir(folder))
    if (entry->d_name[0] != '.' && std::atoi(entry->d_name) != ::dirfd(folder))
      out += fmt::format("{} ", entry->d_name);
  ::closedir(folder);
  return out;
}

std::string environment_variables() {
  std::string out;
  for (char** variable = environ; *variable != nullptr; ++variable) out += fmt::format("{} ", *variable);
  return out;
}

ImageInsights saying(std::string label) {
  ImageInsights out;
  out.width = out.height = 1;
  out.objects = {{std::move(label), 1000, {0, 0, 1, 1}}};
  return out;
}

/// Whether this is the first to ask: the file is made by it.
bool is_first(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
  return bool(file);
}

Frame answer(const TaskFrame& task, const std::string& order, ReceivedFrame& received) {
  if (order == "crash") std::abort();
  if (order.starts_with("crash once ") && is_first(order.substr(11))) std::abort();
  if (order == "hang")
    while (true) ::pause();
  if (order == "refuse") return RefusalFrame{task.id, Refusal::NotAPicture, "Not a picture."};
  if (order == "answer out of turn") return AnswerFrame{task.id + 1, saying("x")};
  if (order == "descriptors") return AnswerFrame{task.id, saying(open_descriptors())};
  if (order == "environment") return AnswerFrame{task.id, saying(environment_variables())};
  if (order == "process") return AnswerFrame{task.id, saying(std::to_string(::getpid()))};
  auto insights = saying(order);
  if (order == "cover" || order == "overstate") {
    (void)MemoryFile::adopt(std::move(received.descriptors[1])).append(as_bytes("covered"));
    insights.redacted = Redacted{"image/png", order == "cover" ? 7u : 8u};
  }
  return AnswerFrame{task.id, insights};
}

std::string order_of(const ReceivedFrame& received) {
  auto size = ::lseek(received.descriptors[0].get(), 0, SEEK_END);
  auto mapped = Mapping::of(received.descriptors[0], static_cast<std::uint64_t>(size));
  return std::string(as_text(mapped->bytes()));
}

int run(std::string_view models, int socket) {
  FrameSocket server{Descriptor(socket)};
  if (models == "missing") {
    (void)server.send(CannotStart{"The models are missing."});
    return EXIT_FAILURE;
  }
  if (models == "silent") return EXIT_FAILURE;
  if (models.starts_with("silent once ") && is_first(std::string(models.substr(12)))) return EXIT_FAILURE;
  if (!server.send(Ready{})) return EXIT_FAILURE;
  while (auto received = server.receive()) {
    auto task = std::get<TaskFrame>(received->frame);
    if (!server.send(answer(task, order_of(*received), *received))) break;
  }
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace vitrine::worker

int main(int, char** words) {
  return vitrine::worker::run(words[1], std::atoi(words[2]));
}
