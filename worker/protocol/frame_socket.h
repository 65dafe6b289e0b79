// Frames over a Unix stream socket, with the descriptors that belong to them.
#pragma once

#include <functional>
#include <vector>

#include "base/error.h"
#include "worker/protocol/frame.h"
#include "worker/protocol/memory_file.h"

namespace vitrine::worker {

/// A frame as it came in.
struct ReceivedFrame {
  Frame frame;
  /// In the order sent; at most kMaxDescriptors.
  std::vector<Descriptor> descriptors;
};

inline constexpr std::size_t kMaxDescriptors = 2;

/// One end of the connection between the server and a worker. Blocking, for one thread at a time.
/// Uses sendmsg and recvmsg only, so that a caged worker needs no other system call for it.
class FrameSocket {
 public:
  explicit FrameSocket(Descriptor socket) : socket_(std::move(socket)) {}

  /// Sends a frame whole. The descriptors are duplicated into the receiver; at most kMaxDescriptors.
  /// Errors: OutOfRangeInput (larger than a frame may be; nothing was sent), ConnectionClosed.
  Result<void> send(const Frame& frame, const std::vector<int>& descriptors = {});
  /// Waits for a frame. Before each read, `wait` (if given) waits until there is something to read, or
  /// returns the error that ends the waiting. Errors: ConnectionClosed (the other side is gone),
  /// Corrupt (not a frame), those of `wait`; after any of them the connection is of no more use.
  Result<ReceivedFrame> receive(const std::function<Result<void>()>& wait = {});

  [[nodiscard]] const Descriptor& descriptor() const { return socket_; }

 private:
  Descriptor socket_;
};

}  // namespace vitrine::worker
