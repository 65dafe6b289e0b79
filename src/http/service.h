// What all connections of a server share.
#pragma once

#include <atomic>
#include <cstdint>

#include "http/message.h"
#include "http/server.h"

namespace vitrine::http {

struct Service {
  Limits limits;
  Handler handler;
  RefusalWriter refusal;
  std::atomic<std::uint64_t> requests = 0;
};

}  // namespace vitrine::http
