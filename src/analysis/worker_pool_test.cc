#include "analysis/worker_pool.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <thread>

#include "analysis/worker_pool_test_peer.h"

namespace vitrine::analysis {
namespace {

using namespace std::chrono_literals;

WorkerPoolOptions options(std::string models = "present") {
  return {.program = {.path = VITRINE_TEST_WORKER, .models = std::move(models), .memory_bytes = 0},
          .workers = 1,
          .start_limit = 30s};
}

/// The order as a picture's bytes; its digest is that of the order.
ImageInput input(std::string_view order) {
  auto file = worker::MemoryFile::create();
  EXPECT_TRUE(file && file->append(as_bytes(order)) && file->seal());
  return {std::make_shared<worker::MemoryFile>(std::move(*file)), crypto::sha256(as_bytes(order))};
}

struct Asked {
  std::string_view order;
  worker::ImageTask task{};
  std::chrono::milliseconds limit = 60s;
};

Task<Result<ImageAnswer>> admit_and_run(WorkerPool& pool, Asked asked) {
  auto place = CO_TRY(co_await WorkerPoolTestPeer::admit(pool));
  co_return co_await WorkerPoolTestPeer::run(pool, std::move(place), asked.task, input(asked.order),
                                             asked.limit);
}

/// Asks the pool on an io_context of its own and waits.
Result<ImageAnswer> ask(WorkerPool& pool, Asked asked) {
  boost::asio::io_context io(1);
  std::optional<Result<ImageAnswer>> out;
  boost::asio::co_spawn(io, admit_and_run(pool, asked),
                        [&](std::exception_ptr failure, Result<ImageAnswer> answer) {
                          EXPECT_FALSE(failure);
                          out.emplace(std::move(answer));
                        });
  io.run();
  return std::move(*out);
}

std::string label(const Result<ImageAnswer>& answer) {
  return answer ? answer->insights.objects.at(0).label : "error: " + answer.error().message;
}

Code code(const Result<ImageAnswer>& answer) {
  return answer ? Code::Internal : answer.error().code;
}

void wait_until(const std::function<bool()>& condition) {
  while (!condition()) std::this_thread::sleep_for(1ms);
}

constexpr worker::ImageTask kCover{.features = {}, .blur_faces = true, .limits = {}};

TEST(WorkerPool, StartsWorkersOnFirstUseAndKeepsThem) {
  WorkerPool pool(options());
  EXPECT_EQ(pool.stats().started, 0u);
  auto first = label(ask(pool, {"process"}));
  EXPECT_EQ(label(ask(pool, {"process"})), first);
  auto stats = pool.stats();
  EXPECT_EQ(stats.started, 1u);
  EXPECT_EQ(stats.running_workers, 1u);
  EXPECT_GT(stats.resident_bytes, 0u);
}

TEST(WorkerPool, AWorkerInheritsNothing) {
  auto leaked = ::open("/dev/null", 0);
  WorkerPool pool(options());
  // Standard descriptors, the socket, and the picture.
  EXPECT_EQ(label(ask(pool, {"descriptors"})), "0 1 2 3 4 ");
  EXPECT_EQ(label(ask(pool, {"environment"})), "ORT_DISABLE_TELEMETRY=1 ");
  ::close(leaked);
}

TEST(WorkerPool, AWorkersRefusalIsAnAnswerAndItStays) {
  WorkerPool pool(options());
  auto before = label(ask(pool, {"process"}));
  EXPECT_EQ(code(ask(pool, {"refuse"})), Code::InvalidInput);
  EXPECT_EQ(label(ask(pool, {"process"})), before);
}

TEST(WorkerPool, ATaskWhoseWorkerCrashesIsTriedOnceMore) {
  auto marker =
      std::filesystem::path(testing::TempDir()) / ("vitrine-crash-once-" + std::to_string(::getpid()));
  std::filesystem::remove(marker);
  WorkerPool pool(options());
  auto order = "crash once " + marker.string();
  EXPECT_EQ(label(ask(pool, {order})), order);
  EXPECT_EQ(pool.stats().crashed, 1u);
  EXPECT_EQ(pool.stats().started, 2u);
  std::filesystem::remove(marker);
}

TEST(WorkerPool, ContentThatBreaksTwoWorkersIsNeverGivenToAThird) {
  WorkerPool pool(options());
  EXPECT_EQ(code(ask(pool, {"crash"})), Code::Corrupt);
  EXPECT_EQ(pool.stats().crashed, 2u);
  EXPECT_EQ(code(ask(pool, {"crash"})), Code::Corrupt);
  EXPECT_EQ(pool.stats().crashed, 2u);
  EXPECT_EQ(label(ask(pool, {"other"})), "other");
}

struct Nonsense {
  std::string_view order;
  worker::ImageTask task;
};

constexpr Nonsense kNonsense[] = {
    {"answer out of turn", {}},
    {"no covered copy though one was due", kCover},
    {"overstate", kCover},
};

TEST(WorkerPool, AWorkerThatAnswersNonsenseIsAsGoodAsCrashed) {
  for (const auto& [order, task] : kNonsense) {
    WorkerPool pool(options());
    EXPECT_EQ(code(ask(pool, {order, task})), Code::Corrupt) << order;
    EXPECT_EQ(pool.stats().crashed, 2u) << order;
  }
}

TEST(WorkerPool, TheCoveredCopyComesBackSealed) {
  WorkerPool pool(options());
  auto answer = ask(pool, {"cover", kCover});
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_TRUE(answer->redacted);
  EXPECT_EQ(answer->redacted->media_type, "image/png");
  EXPECT_EQ(as_text(answer->redacted->file.map()->bytes()), "covered");
  EXPECT_FALSE(answer->redacted->file.append(as_bytes("more")));
}

TEST(WorkerPool, ATaskBeyondItsLimitIsKilledAndTheNextOneRuns) {
  WorkerPool pool(options());
  EXPECT_EQ(code(ask(pool, {"hang", {}, 50ms})), Code::OperationTimedOut);
  EXPECT_EQ(label(ask(pool, {"next"})), "next");
  EXPECT_EQ(pool.stats().timed_out, 1u);
  EXPECT_EQ(pool.stats().started, 2u);
}

struct Unstartable {
  const char* program;
  const char* models;
  const char* said;
};

constexpr Unstartable kUnstartable[] = {
    {VITRINE_TEST_WORKER, "missing", "The models are missing."},
    {VITRINE_TEST_WORKER, "silent", "does not start"},
    {"/nowhere/vitrine-worker", "present", "/nowhere/vitrine-worker cannot be started"},
};

TEST(WorkerPool, AWorkerThatCannotStartIsUnavailableAndSaysWhy) {
  for (const auto& [program, models, said] : kUnstartable) {
    auto wanted = options(models);
    wanted.program.path = program;
    WorkerPool pool(wanted);
    auto answer = ask(pool, {"x"});
    EXPECT_EQ(code(answer), Code::Unavailable) << models;
    EXPECT_NE(answer.error().message.find(said), std::string::npos) << answer.error().message;
  }
}

TEST(WorkerPool, AWorkerThatDiesWhileItStartsIsStartedOnceMore) {
  auto marker =
      std::filesystem::path(testing::TempDir()) / ("vitrine-silent-once-" + std::to_string(::getpid()));
  std::filesystem::remove(marker);
  WorkerPool pool(options("silent once " + marker.string()));
  EXPECT_EQ(label(ask(pool, {"x"})), "x");
  EXPECT_EQ(pool.stats().started, 1u);
  std::filesystem::remove(marker);
}

/// Tasks that run while the test goes on.
class Background {
 public:
  explicit Background(WorkerPool& pool) : pool_(pool) {}
  ~Background() { join(); }

  void start(std::string_view order) {
    auto& task = tasks_.emplace_back();
    boost::asio::co_spawn(io_, admit_and_run(pool_, {order}),
                          boost::asio::bind_cancellation_slot(
                              task.signal.slot(), [&](std::exception_ptr, Result<ImageAnswer> answer) {
                                task.answer.emplace(std::move(answer));
                              }));
  }
  void cancel(std::size_t task) {
    boost::asio::post(io_,
                      [this, task] { tasks_[task].signal.emit(boost::asio::cancellation_type::terminal); });
  }
  void run() {
    thread_ = std::thread([this] { io_.run(); });
  }
  Code join_and_get(std::size_t task) {
    join();
    return code(*tasks_[task].answer);
  }

 private:
  void join() {
    if (thread_.joinable()) thread_.join();
  }

  struct OneTask {
    boost::asio::cancellation_signal signal;
    std::optional<Result<ImageAnswer>> answer;
  };
  WorkerPool& pool_;
  boost::asio::io_context io_{1};
  std::deque<OneTask> tasks_;
  std::thread thread_;
};

/// The memory files that this process has open.
int memory_files() {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    count += std::filesystem::read_symlink(entry, gone).string().starts_with("/memfd:") ? 1 : 0;
  }
  return count;
}

TEST(WorkerPool, WhoFindsItFullWaitsAndLoadsNothing) {
  auto before = memory_files();
  WorkerPool pool(options());
  Background tasks(pool);
  constexpr std::size_t kTasks = 400;
  tasks.start("hang");
  for (std::size_t i = 1; i < kTasks; ++i) tasks.start("waits");
  tasks.run();
  wait_until([&] { return pool.stats().running_workers == 1 && pool.stats().waiting_tasks == kTasks - 1; });
  EXPECT_EQ(memory_files() - before, 3) << "the picture that is analysed, its copy, and the next picture";
  tasks.cancel(0);
  EXPECT_EQ(tasks.join_and_get(0), Code::Cancelled);
  for (std::size_t i = 1; i < kTasks; ++i) ASSERT_EQ(tasks.join_and_get(i), Code::Internal) << i;
}

TEST(WorkerPool, AWaitingPictureCanBeCancelledBeforeItIsLoaded) {
  auto wanted = options();
  wanted.places_per_worker = 1;
  WorkerPool pool(wanted);
  Background tasks(pool);
  for (const auto* order : {"hang", "waits", "waits"}) tasks.start(order);
  tasks.run();
  wait_until([&] { return pool.stats().running_workers == 1 && pool.stats().waiting_tasks == 2; });
  tasks.cancel(1);
  wait_until([&] { return pool.stats().waiting_tasks == 1; });
  pool.stop(0ms);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(tasks.join_and_get(i), Code::Cancelled) << i;
  EXPECT_EQ(code(ask(pool, {"x"})), Code::Cancelled);
}

TEST(WorkerPool, CancellingEndsRunningAndWaitingTasks) {
  WorkerPool pool(options());
  Background tasks(pool);
  tasks.start("hang");
  tasks.start("waits");
  tasks.run();
  wait_until([&] { return pool.stats().running_workers == 1 && pool.stats().waiting_tasks == 1; });
  tasks.cancel(1);
  wait_until([&] { return pool.stats().waiting_tasks == 0; });
  tasks.cancel(0);
  EXPECT_EQ(tasks.join_and_get(0), Code::Cancelled);
  EXPECT_EQ(tasks.join_and_get(1), Code::Cancelled);
  EXPECT_EQ(label(ask(pool, {"next"})), "next");
  EXPECT_EQ(pool.stats().crashed, 0u);
}

TEST(WorkerPool, StoppingCancelsWhatDoesNotEndAndLeavesNoProcess) {
  WorkerPool pool(options());
  auto process = std::stoi(label(ask(pool, {"process"})));
  Background tasks(pool);
  tasks.start("hang");
  tasks.start("waits");
  tasks.run();
  wait_until([&] { return pool.stats().waiting_tasks == 1; });
  pool.stop(10ms);
  EXPECT_EQ(tasks.join_and_get(0), Code::Cancelled);
  EXPECT_EQ(tasks.join_and_get(1), Code::Cancelled);
  EXPECT_EQ(resident_bytes(process), 0u);
  EXPECT_EQ(code(ask(pool, {"x"})), Code::Cancelled);
}

}  // namespace
}  // namespace vitrine::analysis
