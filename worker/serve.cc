#include "worker/serve.h"

#include <unistd.h>

#include <utility>

namespace vitrine::worker {
namespace {

Refusal reason_of(Code code) {
  switch (code) {
    case Code::InvalidInput:
      return Refusal::NotAPicture;
    case Code::OutOfRangeInput:
      return Refusal::TooLarge;
    case Code::InsufficientStorage:
      return Refusal::OutOfMemory;
    default:
      return Refusal::Failed;
  }
}

/// The input's size without fstat, which the cage does not allow.
Result<Mapping> map_input(const Descriptor& input) {
  auto size = ::lseek(input.get(), 0, SEEK_END);
  if (size < 0) return fail(Code::Corrupt, "A task's input is not a file.");
  return Mapping::of(input, static_cast<std::uint64_t>(size));
}

Result<ImageInsights> carry_out(const ImageTask& task, std::vector<Descriptor>& files, Analyzer& analyzer) {
  auto picture = TRY(map_input(files[0]));
  auto analysis = TRY(analyzer.analyze(task, picture.bytes()));
  if (task.blur_faces) TRY(MemoryFile::adopt(std::move(files[1])).append(analysis.redacted));
  return std::move(analysis.insights);
}

Frame answer_to(const TaskFrame& task, std::vector<Descriptor> files, Analyzer& analyzer) {
  auto insights = carry_out(task.task, files, analyzer);
  if (insights) return AnswerFrame{task.id, std::move(*insights)};
  auto& error = insights.error();
  return RefusalFrame{task.id, reason_of(error.code), error.message.substr(0, kMaxTextBytes)};
}

}  // namespace

Result<void> serve(FrameSocket& server, Analyzer& analyzer) {
  while (true) {
    auto received = server.receive();
    if (!received && received.error().code == Code::ConnectionClosed) return {};
    auto [frame, files] = TRY(std::move(received));
    const auto* task = std::get_if<TaskFrame>(&frame);
    if (task == nullptr || files.size() != (task->task.blur_faces ? 2u : 1u))
      return fail(Code::Corrupt, "The server sent something else than a task and its files.");
    auto sent = server.send(answer_to(*task, std::move(files), analyzer));
    if (!sent && sent.error().code == Code::OutOfRangeInput)
      sent = server.send(
          RefusalFrame{task->id, Refusal::TooLarge, "There is more in this picture than one answer holds."});
    if (!sent) return {};
  }
}

}  // namespace vitrine::worker
