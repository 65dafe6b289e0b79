#include "worker/cage.h"

#include <fmt/format.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <memory>
#include <vector>

namespace vitrine::worker {
namespace {

constexpr std::uint64_t kMaxDescriptors = 16;

// What inference, decoding and the frames use; found by running under the filter.
constexpr int kAllowed[] = {
    SCMP_SYS(recvmsg),   SCMP_SYS(sendmsg),      SCMP_SYS(write),          SCMP_SYS(lseek),
    SCMP_SYS(close),     SCMP_SYS(munmap),       SCMP_SYS(mremap),         SCMP_SYS(brk),
    SCMP_SYS(madvise),   SCMP_SYS(futex),        SCMP_SYS(sched_yield),    SCMP_SYS(clock_gettime),
    SCMP_SYS(getrusage), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),      SCMP_SYS(exit_group),
};
// Sanitizers look at the signal stack, and their shadow memory is beyond any limit.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif
constexpr int kSanitizersCall = SCMP_SYS(sigaltstack);
// Memory may be had, but never to execute what was written into it.
constexpr auto kNotExecutable = scmp_arg_cmp{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
// Shared anonymous memory would escape the limit on memory, which counts private memory only.
constexpr auto kNotShared = scmp_arg_cmp{3, SCMP_CMP_MASKED_EQ, MAP_SHARED, 0};
constexpr auto kNotAnonymous = scmp_arg_cmp{3, SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, 0};
/// Allowed when all conditions hold.
struct ConditionalCall {
  int call;
  std::vector<scmp_arg_cmp> conditions;
};

std::unexpected<Error> refused(std::string_view what, int error) {
  return fail(Code::Unavailable,
              fmt::format("The kernel refuses to cage the worker ({}: {}). Analysis needs Linux 5.10 "
                          "or later with seccomp.",
                          what, std::strerror(error)));
}

Result<void> limit(std::string_view what, decltype(RLIMIT_CORE) resource, std::uint64_t most) {
  rlimit both{most, most};
  if (::setrlimit(resource, &both) != 0) return refused(what, errno);
  return {};
}

Result<void> set_limits(const CageLimits& limits) {
  TRY(limit("core dumps", RLIMIT_CORE, 0));
  TRY(limit("open files", RLIMIT_NOFILE, kMaxDescriptors));
  TRY(limit("file size", RLIMIT_FSIZE, limits.file_bytes));
  if (limits.memory_bytes > 0 && !kIsSanitized) TRY(limit("memory", RLIMIT_DATA, limits.memory_bytes));
  return {};
}

/// Every right that the kernel's version of Landlock can take away (linux/landlock.h; one bit each).
std::uint64_t landlock_rights(long version) {
  constexpr std::array<int, 6> kBits = {0, 13, 14, 15, 15, 16};
  auto known = std::min(static_cast<std::size_t>(version), kBits.size() - 1);
  return (std::uint64_t{1} << kBits[known]) - 1;
}

/// Sanitizers may keep a thread of their own.
Result<void> check_single_thread() {
  std::error_code error;
  auto threads = std::distance(std::filesystem::directory_iterator("/proc/self/task", error),
                               std::filesystem::directory_iterator());
  if (!error && (threads == 1 || kIsSanitized)) return {};
  return fail(Code::Unavailable,
              "The worker has more than one thread before its cage is closed, so it does not start.");
}

/// A second wall behind seccomp: kernels without Landlock do without.
Result<void> deny_all_files() {
  auto version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version <= 0) return {};
  landlock_ruleset_attr rules{};
  rules.handled_access_fs = landlock_rights(version);
  auto ruleset = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0));
  if (ruleset < 0) return refused("Landlock rules", errno);
  auto failed = ::syscall(SYS_landlock_restrict_self, ruleset, 0) != 0;
  auto error = errno;
  ::close(ruleset);
  if (failed) return refused("Landlock", error);
  return {};
}

std::vector<ConditionalCall> memory_calls() {
  return {{SCMP_SYS(mprotect), {kNotExecutable}},
          {SCMP_SYS(mmap), {kNotExecutable, kNotShared}},
          {SCMP_SYS(mmap), {kNotExecutable, kNotAnonymous}}};
}

Result<void> allow_only_the_listed_calls() {
  std::unique_ptr<void, void (*)(void*)> filter(seccomp_init(SCMP_ACT_KILL_PROCESS), seccomp_release);
  if (!filter) return refused("seccomp", ENOMEM);
  // Every thread or none: one outside the filter would share the memory of those inside.
  if (int error = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1); error != 0)
    return refused("seccomp for all threads", -error);
  for (int call : kAllowed)
    if (int error = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0); error != 0)
      return refused("seccomp rules", -error);
  if (kIsSanitized) (void)seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, kSanitizersCall, 0);
  for (const auto& [call, conditions] : memory_calls())
    if (int error = seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, call,
                                           static_cast<unsigned>(conditions.size()), conditions.data());
        error != 0)
      return refused("seccomp rules", -error);
  if (int error = seccomp_load(filter.get()); error != 0) return refused("seccomp", -error);
  return {};
}

}  // namespace

Result<void> lock_cage(int kept_descriptor, const CageLimits& limits) {
  if (::close_range(static_cast<unsigned>(kept_descriptor) + 1, ~0u, 0) != 0)
    return refused("descriptors", errno);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refused("privileges", errno);
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return refused("core dumps", errno);
  TRY(check_single_thread());
  TRY(set_limits(limits));
  TRY(deny_all_files());
  return allow_only_the_listed_calls();
}

}  // namespace vitrine::worker
