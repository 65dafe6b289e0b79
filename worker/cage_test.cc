// Each attempt runs in a child process of its own, which locks itself in and then tries.
#include "worker/cage.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace vitrine::worker {
namespace {

constexpr int kCameThrough = 0;
constexpr int kNotLocked = 77;

/// How a caged child ended that did this.
int status_of(void (*attempt)()) {
  auto child = ::fork();
  if (child == 0) {
    if (!lock_cage(STDERR_FILENO, {.memory_bytes = 0, .file_bytes = 4096})) ::_exit(kNotLocked);
    attempt();
    ::_exit(kCameThrough);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

struct Attempt {
  const char* what;
  void (*attempt)();
};

constexpr Attempt kForbidden[] = {
    {"opening a file", [] { (void)!::open("/etc/hostname", O_RDONLY); }},
    {"opening a connection", [] { (void)!::socket(AF_INET, SOCK_STREAM, 0); }},
    {"starting a process", [] { (void)!::fork(); }},
    {"running a program", [] { (void)!::execl("/bin/true", "true", nullptr); }},
    {"signalling another process", [] { (void)!::kill(::getppid(), SIGTERM); }},
    {"looking at another process",
     [] { (void)!::syscall(SYS_process_vm_readv, 1, nullptr, 0, nullptr, 0, 0); }},
    {"making code",
     [] { (void)!::mmap(nullptr, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }},
    {"sharing memory that no limit counts",
     [] { (void)!::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0); }},
    {"taking the cage off", [] { (void)!::syscall(SYS_seccomp, 0, 0, nullptr); }},
};

TEST(Cage, WhoeverTriesToGetOutIsKilled) {
  for (const auto& [what, attempt] : kForbidden) {
    auto status = status_of(attempt);
    EXPECT_TRUE(WIFSIGNALED(status)) << what << " ended with status " << WEXITSTATUS(status);
    EXPECT_EQ(WTERMSIG(status), SIGSYS) << what;
  }
}

constexpr Attempt kAllowed[] = {
    {"doing nothing", [] {}},
    {"taking memory", [] { ::free(::malloc(64 << 20)); }},
    {"mapping a file that it was given",
     [] { (void)!::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, STDERR_FILENO, 0); }},
    {"writing to what it has",
     [] {
       if (::write(STDERR_FILENO, "", 0) != 0) ::_exit(1);
     }},
};

TEST(Cage, WorkGoesOn) {
  for (const auto& [what, attempt] : kAllowed) EXPECT_EQ(status_of(attempt), kCameThrough) << what;
}

TEST(Cage, DescriptorsAreGone) {
  auto leaked = ::open("/dev/null", O_WRONLY);
  ASSERT_EQ(::dup2(leaked, 9), 9);
  auto status = status_of([] { ::_exit(::write(9, "x", 1) < 0 ? kCameThrough : 1); });
  EXPECT_EQ(status, kCameThrough);
  ::close(9);
}

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
TEST(Cage, MemoryIsLimited) {
  auto child = ::fork();
  if (child == 0) {
    if (!lock_cage(STDERR_FILENO, {.memory_bytes = 64u << 20})) ::_exit(kNotLocked);
    auto* memory = ::mmap(nullptr, 256u << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ::_exit(memory == MAP_FAILED ? kCameThrough : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, kCameThrough);
}
#endif

}  // namespace
}  // namespace vitrine::worker
