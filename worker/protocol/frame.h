// The messages between the server and a worker, and their bytes (docs/formats/worker-frames.md).
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "worker/protocol/image.h"

namespace vitrine::worker {

/// Changes with every change of a frame; server and worker of different versions do not talk.
inline constexpr std::uint64_t kFrameVersion = 1;
/// Most bytes of one frame, without its length.
inline constexpr std::size_t kMaxFrameBytes = 4u << 20;

/// Worker to server, once, after it has caged itself: send work.
struct Ready {
  /// Every model that it holds.
  std::vector<ModelIdentity> models;

  bool operator==(const Ready&) const = default;
};

/// Worker to server, instead of Ready: a sentence that says what is missing.
struct CannotStart {
  std::string message;

  bool operator==(const CannotStart&) const = default;
};

/// Server to worker. Beside it travel the descriptor of the input and, if a redaction is due, that
/// of an empty file for it.
struct TaskFrame {
  std::uint64_t id = 0;
  ImageTask task;

  bool operator==(const TaskFrame&) const = default;
};

/// Worker to server: the work is done.
struct AnswerFrame {
  std::uint64_t id = 0;
  ImageInsights insights;

  bool operator==(const AnswerFrame&) const = default;
};

/// Why a worker answers no insights. The worker is well and takes the next task.
enum class Refusal : std::uint8_t {
  NotAPicture = 0,  ///< not of a known format, or damaged
  TooLarge = 1,     ///< more pixels or a larger result than the task's limits allow
  OutOfMemory = 2,  ///< within the limits, and yet more than the worker may use
  Failed = 3,       ///< a model or an encoder failed
};

struct RefusalFrame {
  std::uint64_t id = 0;
  Refusal reason = Refusal::Failed;
  /// A sentence for a person.
  std::string message;

  bool operator==(const RefusalFrame&) const = default;
};

using Frame = std::variant<Ready, CannotStart, TaskFrame, AnswerFrame, RefusalFrame>;

/// The frame's bytes, without their length.
Bytes encode_frame(const Frame& frame);
/// Errors: Corrupt (also for a frame of another version).
Result<Frame> decode_frame(ConstBytes bytes);

}  // namespace vitrine::worker
