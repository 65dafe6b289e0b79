// A worker's life after its cage is locked.
#pragma once

#include "worker/analyzer.h"
#include "worker/protocol/frame_socket.h"

namespace vitrine::worker {

/// Answers tasks one after the other until the server closes the connection (then it returns no
/// error) or breaks the protocol. Errors: Corrupt.
Result<void> serve(FrameSocket& server, Analyzer& analyzer);

}  // namespace vitrine::worker
