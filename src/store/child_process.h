// Runs one test of this program in a process of its own, so that it may be killed or starved.
#pragma once

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace vitrine::store {

/// The directory that a child test works in; null when the test was not started as a child.
inline const char* child_directory() {
  return getenv("VITRINE_CHILD_DIRECTORY");
}

/// Where a child test writes what its parent is to know.
inline constexpr int kReportDescriptor = 100;

/// Starts a disabled test by name; its reports go to the descriptor `reports`. A fresh program, because a
/// forked one would believe in threads that it does not have.
inline pid_t start_child(const std::string& test, const std::filesystem::path& directory, int reports) {
  const auto child = fork();
  if (child != 0) return child;
  dup2(reports, kReportDescriptor);
  setenv("VITRINE_CHILD_DIRECTORY", directory.c_str(), 1);
  const auto filter = "--gtest_filter=" + test;
  execl("/proc/self/exe", "store_test", "--gtest_also_run_disabled_tests", filter.c_str(), nullptr);
  _exit(127);
}

/// The status of waitpid.
inline int wait_for_child(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

}  // namespace vitrine::store
