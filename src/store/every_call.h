// What the tests share that fail every file operation of something once in turn.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <string_view>

#include "store/memory_disk.h"

namespace vitrine::store {

/// A number from the environment.
inline std::uint64_t given(const char* variable, std::uint64_t otherwise) {
  const char* value = std::getenv(variable);
  return value ? std::stoull(value) : otherwise;
}

/// So far apart are the calls that something is tried at: VITRINE_EVERY_CALL, or what leaves a sample of
/// them.
inline std::uint64_t stride(std::uint64_t calls, std::uint64_t sample) {
  return given("VITRINE_EVERY_CALL", std::max<std::uint64_t>(calls / sample, 1));
}

/// Of the calls of a run that `calls` counted some fail, each on a disk of its own and in each way: every
/// N-th with VITRINE_EVERY_CALL=N in the environment, beginning with that of VITRINE_SEED, else a sample that
/// differs from run to run. VITRINE_FAULT names the only way: EIO, ENOSPC, short. `run` is given the disk,
/// and expects what has to be so.
template <class Run>
void fail_calls(std::uint64_t calls, const Run& run) {
  /// In each way, at least.
  constexpr std::uint64_t kSample = 6;
  struct Row {
    Fault fault;
    const char* name;
  };
  constexpr Row kFaults[] = {
      {Fault::DeviceError, "EIO"}, {Fault::NoSpace, "ENOSPC"}, {Fault::Short, "short"}};
  const auto step = stride(calls, kSample);
  std::random_device random;
  std::uint64_t failed = 0;
  const char* only = std::getenv("VITRINE_FAULT");
  for (const auto& [fault, name] : kFaults) {
    if (only && std::string_view(only) != name) continue;
    for (auto at = given("VITRINE_SEED", random()) % step; at < calls && !testing::Test::HasFailure();
         at += step) {
      MemoryDisk disk;
      disk.fail_call(at, fault);
      SCOPED_TRACE(fmt::format("{} at call {}", name, at));
      run(disk);
      if (testing::Test::HasFailure()) ADD_FAILURE() << disk.failed_call();
      if (!disk.failed_call().empty()) ++failed;
    }
  }
  EXPECT_GE(failed, kSample) << "too little failed to show anything";
  std::cout << calls << " calls, " << failed << " failed\n";
}

}  // namespace vitrine::store
