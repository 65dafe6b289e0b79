#include "analysis/worker_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <memory>

namespace vitrine::analysis {
namespace {

using worker::Descriptor;
using worker::Frame;
using worker::FrameSocket;
using worker::MemoryFile;

// Where the worker finds its end of the connection; it inherits nothing above.
constexpr int kWorkerSocket = 3;
constexpr std::string_view kPictureTypes[] = {"image/jpeg", "image/png", "image/webp", "image/tiff",
                                              "image/bmp"};

/// The program's descriptors, signals and process group, in the form that posix_spawn takes.
class SpawnSettings {
 public:
  explicit SpawnSettings(int socket) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, socket, kWorkerSocket);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&actions_, STDIN_FILENO, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, STDIN_FILENO, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, kWorkerSocket + 1);

    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

Result<pid_t> spawn(const WorkerProgram& program, int socket) {
  SpawnSettings settings(socket);
  std::array<std::string, 4> words{program.path, program.models, std::to_string(kWorkerSocket),
                                   std::to_string(program.memory_bytes)};
  std::array<char*, words.size() + 1> arguments{};
  std::ranges::transform(words, arguments.begin(), [](std::string& word) { return word.data(); });
  // ONNX Runtime would otherwise start a thread for its telemetry and open files for it, before the cage.
  char no_telemetry[] = "ORT_DISABLE_TELEMETRY=1";
  char* environment[] = {no_telemetry, nullptr};
  pid_t id = 0;
  int error = ::posix_spawn(&id, program.path.c_str(), settings.actions(), settings.attributes(),
                            arguments.data(), environment);
  if (error != 0)
    return fail(Code::Unavailable,
                fmt::format("The analysis worker {} cannot be started ({}): check that it is "
                            "installed beside the server.",
                            program.path, std::strerror(error)));
  return id;
}

/// Waits until the worker has said something.
Result<void> wait_for(int socket, int interrupter, WorkerProcess::Deadline deadline) {
  while (true) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0)
      return fail(Code::OperationTimedOut, "The analysis took longer than allowed and was ended.");
    pollfd watched[] = {{socket, POLLIN, 0}, {interrupter, POLLIN, 0}};
    auto ready =
        ::poll(watched, std::size(watched), static_cast<int>(std::min<std::int64_t>(left.count(), 60'000)));
    if (ready < 0 && errno != EINTR)
      return fail(Code::Internal, fmt::format("Waiting for a worker failed: {}.", std::strerror(errno)));
    if (ready <= 0) continue;
    if (watched[1].revents != 0) return fail(Code::Cancelled, "The analysis was cancelled.");
    return {};
  }
}

Code code_of(worker::Refusal reason) {
  switch (reason) {
    case worker::Refusal::NotAPicture:
      return Code::InvalidInput;
    case worker::Refusal::TooLarge:
      return Code::OutOfRangeInput;
    case worker::Refusal::OutOfMemory:
      return Code::OutOfRangeInput;
    case worker::Refusal::Failed:
      return Code::Internal;
  }
  return Code::Internal;
}

/// The covered copy, or nothing if none was due. Whatever the worker says of it is checked.
Result<std::optional<RedactedPicture>> accept_redacted(const worker::ImageTask& task,
                                                       const std::optional<worker::Redacted>& stated,
                                                       MemoryFile file) {
  if (stated.has_value() != task.blur_faces)
    return fail(Code::Corrupt, "The worker did not carry out the obligation.");
  if (!stated) return std::optional<RedactedPicture>{};
  TRY(file.seal());
  auto size = TRY(file.size());
  if (size == 0 || size != stated->size || size > task.limits.max_redacted_bytes ||
      std::ranges::find(kPictureTypes, stated->media_type) == std::end(kPictureTypes))
    return fail(Code::Corrupt, "The worker's covered picture is not what the worker says it is.");
  return RedactedPicture{stated->media_type, std::move(file)};
}

}  // namespace

Result<Interrupter> Interrupter::create() {
  Descriptor event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!event)
    return fail(Code::Unavailable, fmt::format("No event can be made: {}. Raise the limit of open files.",
                                               std::strerror(errno)));
  return Interrupter(std::move(event));
}

// An eventfd takes and gives 8 bytes; it fails only if the state is the wanted one already.
void Interrupter::interrupt() {
  (void)!::eventfd_write(event_.get(), 1);
}

void Interrupter::reset() {
  eventfd_t count = 0;
  (void)!::eventfd_read(event_.get(), &count);
}

Result<WorkerProcess> WorkerProcess::start(const WorkerProgram& program, const Interrupter& interrupter,
                                           Deadline deadline) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    return fail(Code::Unavailable,
                fmt::format("No connection to a worker can be made: {}.", std::strerror(errno)));
  FrameSocket ours{Descriptor(ends[0])};
  Descriptor theirs(ends[1]);
  auto id = TRY(spawn(program, theirs.get()));
  WorkerProcess process(id, std::move(ours));
  {
    auto closed = std::move(theirs);
  }

  auto first = process.receive(interrupter, deadline);
  if (!first && first.error().code == Code::Cancelled) return std::unexpected(first.error());
  if (!first)
    return fail(Code::Unavailable, fmt::format("The analysis worker {} does not start: {}", program.path,
                                               first.error().message));
  if (const auto* cannot = std::get_if<worker::CannotStart>(&first->frame))
    return fail(Code::Unavailable, cannot->message);
  if (!std::holds_alternative<worker::Ready>(first->frame))
    return fail(Code::Unavailable, fmt::format("{} is not an analysis worker.", program.path));
  return process;
}

WorkerProcess::WorkerProcess(WorkerProcess&& other) noexcept
    : id_(std::exchange(other.id_, 0)),
      socket_(std::move(other.socket_)),
      last_task_(other.last_task_),
      is_well_(other.is_well_) {}

WorkerProcess::~WorkerProcess() {
  (void)end();
}

std::string WorkerProcess::end() {
  if (id_ <= 0) return "";
  auto process = std::exchange(id_, 0);
  // One that is ending already keeps its own status: this signal comes too late for it.
  ::kill(process, SIGKILL);
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) return fmt::format("it ended with status {}", WEXITSTATUS(status));
  return fmt::format("signal {} ended it", sigabbrev_np(WTERMSIG(status)));
}

Result<worker::ReceivedFrame> WorkerProcess::receive(const Interrupter& interrupter, Deadline deadline) {
  auto socket = socket_.descriptor().get();
  return socket_.receive([&] { return wait_for(socket, interrupter.descriptor(), deadline); });
}

Result<Frame> WorkerProcess::exchange(const worker::ImageTask& task, const MemoryFile& picture,
                                      const MemoryFile& output, const Interrupter& interrupter,
                                      Deadline deadline) {
  std::vector<int> files{picture.descriptor().get()};
  if (task.blur_faces) files.push_back(output.descriptor().get());
  TRY(socket_.send(worker::TaskFrame{++last_task_, task}, files));
  return std::move(TRY(receive(interrupter, deadline)).frame);
}

Result<ImageAnswer> WorkerProcess::run(const worker::ImageTask& task, const MemoryFile& picture,
                                       const Interrupter& interrupter, Deadline deadline) {
  auto output = TRY(MemoryFile::create());
  is_well_ = false;
  auto received = exchange(task, picture, output, interrupter, deadline);
  if (!received && received.error().code == Code::ConnectionClosed)
    return fail(Code::ConnectionClosed, fmt::format("The worker broke: {}.", end()));
  auto frame = TRY(std::move(received));
  if (const auto* refusal = std::get_if<worker::RefusalFrame>(&frame); refusal && refusal->id == last_task_) {
    is_well_ = true;
    return fail(code_of(refusal->reason), refusal->message);
  }
  auto* answer = std::get_if<worker::AnswerFrame>(&frame);
  if (answer == nullptr || answer->id != last_task_)
    return fail(Code::Corrupt, "The worker answered out of turn.");
  auto redacted = TRY(accept_redacted(task, answer->insights.redacted, std::move(output)));
  is_well_ = true;
  return ImageAnswer{std::move(answer->insights), std::move(redacted)};
}

std::uint64_t resident_bytes(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/statm", process));
  std::uint64_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace vitrine::analysis
