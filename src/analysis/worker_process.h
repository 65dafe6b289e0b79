// One caged worker: a child process that analyses pictures and may break without harm.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "worker/protocol/frame_socket.h"
#include "worker/protocol/image.h"
#include "worker/protocol/memory_file.h"

namespace vitrine::analysis {

/// A copy of the picture with every face covered.
struct RedactedPicture {
  std::string media_type;
  /// Sealed.
  worker::MemoryFile file;
};

struct ImageAnswer {
  worker::ImageInsights insights;
  /// Present exactly if the task asked for it.
  std::optional<RedactedPicture> redacted;
};

/// How to start a worker.
struct WorkerProgram {
  /// Path of vitrine-worker.
  std::string path;
  /// Folder of the models.
  std::string models;
  /// Most private memory of one worker.
  std::uint64_t memory_bytes = std::uint64_t{2} << 30;
};

/// Wakes a thread that waits for a worker; may be used from any thread.
class Interrupter {
 public:
  /// Errors: Unavailable (the process is out of descriptors).
  static Result<Interrupter> create();
  void interrupt();
  void reset();
  [[nodiscard]] int descriptor() const { return event_.get(); }

 private:
  explicit Interrupter(worker::Descriptor event) : event_(std::move(event)) {}
  worker::Descriptor event_;
};

/// Owns the process: it is killed on destruction, and dies with the thread that started it. It
/// inherits no descriptor, no environment and no blocked signal. Used by one thread, which it blocks.
class WorkerProcess {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  /// Starts the program and waits until it is caged and ready. Errors: Unavailable (what is missing and
  /// what to do), Cancelled (interrupted).
  static Result<WorkerProcess> start(const WorkerProgram& program, const Interrupter& interrupter,
                                     Deadline deadline);
  WorkerProcess(WorkerProcess&& other) noexcept;
  WorkerProcess& operator=(WorkerProcess&&) = delete;
  ~WorkerProcess();

  /// Analyses a sealed picture. Errors while the worker stays well: InvalidInput (not a picture),
  /// OutOfRangeInput (beyond the limits or in need of too much memory), Internal. Errors
  /// after which it is not: ConnectionClosed (it crashed), Corrupt (it answered nonsense),
  /// OperationTimedOut, Cancelled.
  Result<ImageAnswer> run(const worker::ImageTask& task, const worker::MemoryFile& picture,
                          const Interrupter& interrupter, Deadline deadline);
  /// Whether it may be given another task.
  [[nodiscard]] bool is_well() const { return is_well_; }
  [[nodiscard]] pid_t id() const { return id_; }

 private:
  WorkerProcess(pid_t id, worker::FrameSocket socket) : id_(id), socket_(std::move(socket)) {}
  Result<worker::ReceivedFrame> receive(const Interrupter& interrupter, Deadline deadline);
  /// Ends the process if it lives; says how it ended.
  std::string end();
  Result<worker::Frame> exchange(const worker::ImageTask& task, const worker::MemoryFile& picture,
                                 const worker::MemoryFile& output, const Interrupter& interrupter,
                                 Deadline deadline);

  pid_t id_;
  worker::FrameSocket socket_;
  std::uint64_t last_task_ = 0;
  bool is_well_ = true;
};

/// Memory that a process holds, in bytes; 0 if it is gone.
std::uint64_t resident_bytes(pid_t process);

}  // namespace vitrine::analysis
