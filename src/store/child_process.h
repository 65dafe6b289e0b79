// Runs a routine of this test program in a process of its own, so that it may be killed or starved.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace vitrine::store {

/// Where a child writes what its parent is to know.
inline constexpr int kReportDescriptor = 100;

/// What a child does in place of the tests. Make one at namespace scope, by
/// testing::AddGlobalTestEnvironment: the program started by start_child() runs it before any test and ends,
/// with 0 if no expectation failed.
class ChildRoutine : public testing::Environment {
 public:
  using Routine = void (*)(const std::filesystem::path& directory);
  ChildRoutine(std::string name, Routine routine) : name_(std::move(name)), routine_(routine) {}

  void SetUp() override {
    const char* chosen = getenv("VITRINE_CHILD");
    if (chosen == nullptr || name_ != chosen) return;
    routine_(getenv("VITRINE_CHILD_DIRECTORY"));
    _exit(testing::UnitTest::GetInstance()->Failed() ? 1 : 0);
  }

 private:
  std::string name_;
  Routine routine_;
};

/// Starts a routine by name; its reports go to the descriptor `reports`. A fresh program, because a forked
/// one would believe in threads that it does not have.
inline pid_t start_child(const std::string& routine, const std::filesystem::path& directory, int reports) {
  const auto child = fork();
  if (child != 0) return child;
  dup2(reports, kReportDescriptor);
  setenv("VITRINE_CHILD", routine.c_str(), 1);
  setenv("VITRINE_CHILD_DIRECTORY", directory.c_str(), 1);
  execl("/proc/self/exe", "store_test", nullptr);
  _exit(127);
}

/// The status of waitpid.
inline int wait_for_child(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

}  // namespace vitrine::store
