#include "worker/protocol/frame_socket.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace vitrine::worker {
namespace {

constexpr std::size_t kLengthBytes = 4;

std::unexpected<Error> closed() {
  return fail(Code::ConnectionClosed, "The other process closed the connection.");
}

/// Room for the descriptors beside a message, aligned as the kernel wants it.
union AncillaryRoom {
  cmsghdr header;
  std::array<char, CMSG_SPACE(kMaxDescriptors * sizeof(int))> room;
};

void attach(msghdr& message, AncillaryRoom& room, const std::vector<int>& descriptors) {
  if (descriptors.empty()) return;
  room = {};
  message.msg_control = room.room.data();
  message.msg_controllen = CMSG_SPACE(descriptors.size() * sizeof(int));
  auto* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(descriptors.size() * sizeof(int));
  std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size() * sizeof(int));
}

void detach(msghdr& message, std::vector<Descriptor>& descriptors) {
  for (auto* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    auto count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
      descriptors.emplace_back(fd);
    }
  }
}

/// Collects one frame's bytes and descriptors.
struct Reader {
  int socket;
  const std::function<Result<void>()>& wait;
  std::vector<Descriptor> descriptors;

  Result<void> fill(MutableBytes into) {
    AncillaryRoom room;
    while (!into.empty()) {
      if (wait) TRY(wait());
      iovec part{into.data(), into.size()};
      msghdr message{};
      message.msg_iov = &part;
      message.msg_iovlen = 1;
      message.msg_control = room.room.data();
      message.msg_controllen = sizeof room;
      auto received = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
      if (received < 0 && errno == EINTR) continue;
      if (received <= 0) return closed();
      detach(message, descriptors);
      if (descriptors.size() > kMaxDescriptors)
        return fail(Code::Corrupt, "Too many descriptors beside a frame.");
      into = into.subspan(static_cast<std::size_t>(received));
    }
    return {};
  }
};

}  // namespace

Result<void> FrameSocket::send(const Frame& frame, const std::vector<int>& descriptors) {
  auto body = encode_frame(frame);
  if (body.size() > kMaxFrameBytes)
    return fail(Code::OutOfRangeInput,
                fmt::format("A frame of {} bytes; at most {} are allowed.", body.size(), kMaxFrameBytes));
  Bytes bytes;
  append_be32(bytes, static_cast<std::uint32_t>(body.size()));
  append(bytes, body);
  AncillaryRoom room;
  ConstBytes rest = bytes;
  while (!rest.empty()) {
    iovec part{const_cast<std::uint8_t*>(rest.data()), rest.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (rest.size() == bytes.size()) attach(message, room, descriptors);
    auto sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return closed();
    rest = rest.subspan(static_cast<std::size_t>(sent));
  }
  return {};
}

Result<ReceivedFrame> FrameSocket::receive(const std::function<Result<void>()>& wait) {
  Reader reader{socket_.get(), wait, {}};
  std::array<std::uint8_t, kLengthBytes> length{};
  TRY(reader.fill(length));
  auto size = read_be32(length);
  if (size == 0 || size > kMaxFrameBytes)
    return fail(Code::Corrupt,
                fmt::format("A frame of {} bytes; at most {} are allowed.", size, kMaxFrameBytes));
  Bytes body(size);
  TRY(reader.fill(body));
  return ReceivedFrame{TRY(decode_frame(body)), std::move(reader.descriptors)};
}

}  // namespace vitrine::worker
