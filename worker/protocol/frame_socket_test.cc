#include "worker/protocol/frame_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

namespace vitrine::worker {
namespace {

std::pair<FrameSocket, FrameSocket> connected() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  return {FrameSocket(Descriptor(ends[0])), FrameSocket(Descriptor(ends[1]))};
}

TEST(FrameSocket, CarriesFramesAndTheirDescriptors) {
  auto [server, worker] = connected();
  auto input = MemoryFile::create();
  ASSERT_TRUE(input && input->append(as_bytes("picture")) && input->seal());
  ASSERT_TRUE(server.send(TaskFrame{5, {}}, {input->descriptor().get()}));
  ASSERT_TRUE(server.send(CannotStart{"second"}));

  auto first = worker.receive();
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(std::get<TaskFrame>(first->frame).id, 5u);
  ASSERT_EQ(first->descriptors.size(), 1u);
  auto arrived = MemoryFile::adopt(std::move(first->descriptors[0])).map();
  ASSERT_TRUE(arrived);
  EXPECT_EQ(as_text(arrived->bytes()), "picture");

  auto second = worker.receive();
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->descriptors.empty());
}

TEST(FrameSocket, CarriesAFrameThatIsLargerThanTheSocketsBuffer) {
  auto [server, worker] = connected();
  ImageInsights insights{
      .width = 10, .height = 10, .objects = {}, .lines = {}, .faces = {}, .models = {}, .redacted = {}};
  insights.lines.assign(600, TextLine{std::string(kMaxTextBytes, 'x'), 1, {}, {}});
  std::thread sender([&] { EXPECT_TRUE(worker.send(AnswerFrame{1, insights})); });
  auto received = server.receive();
  sender.join();
  ASSERT_TRUE(received) << received.error().message;
  EXPECT_EQ(std::get<AnswerFrame>(received->frame).insights, insights);
}

TEST(FrameSocket, AClosedConnectionIsAnError) {
  auto [server, worker] = connected();
  {
    auto gone = std::move(worker);
  }
  EXPECT_EQ(server.receive().error().code, Code::ConnectionClosed);
  EXPECT_EQ(server.send(CannotStart{"x"}).error().code, Code::ConnectionClosed);
}

TEST(FrameSocket, ALengthBeyondTheLimitIsRefusedBeforeItsBytesAreAwaited) {
  auto [server, worker] = connected();
  Bytes length;
  append_be32(length, kMaxFrameBytes + 1);
  ASSERT_EQ(::write(worker.descriptor().get(), length.data(), length.size()), 4);
  EXPECT_EQ(server.receive().error().code, Code::Corrupt);
}

TEST(FrameSocket, WaitingEndsWithTheErrorOfTheWaiter) {
  auto [server, worker] = connected();
  auto received = server.receive([]() -> Result<void> { return fail(Code::OperationTimedOut, "Enough."); });
  EXPECT_EQ(received.error().code, Code::OperationTimedOut);
}

}  // namespace
}  // namespace vitrine::worker
