// Reads everything that is stored, again and again, slowly, and raises an alarm where it is damaged.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <stop_token>
#include <thread>

#include "operations/scrub_state.h"

namespace vitrine::operations {

struct ScrubOptions {
  /// Where it keeps its place.
  std::filesystem::path file;
  /// From the beginning of one pass to that of the next. 0: only when asked for.
  std::chrono::hours interval{7 * 24};
  /// Faster than this it goes only if a pass would not end within the interval.
  std::uint64_t least_bytes_per_second = std::uint64_t{1} << 20;
  /// After the start, before it begins by itself: others have more to do then.
  std::chrono::seconds rest{60};
};

/// One thread; commits, deletions and collection go on. What it finds is logged as an error, once each pass,
/// and stays readable; it makes nobody unready. Its place outlives the process. All calls may come from any
/// thread.
class Scrub {
 public:
  /// A file that cannot be read is begun anew. All references outlive this.
  Scrub(const Floors& floors, const identity::AccountDirectory& accounts, ScrubOptions options);
  /// Ends within a step.
  ~Scrub();

  void start();
  void stop();

  /// Begins a pass now, from the beginning; one under way is given up. 0: as fast as it goes. The new pass's
  /// number.
  std::uint64_t begin(std::uint64_t bytes_per_second);
  [[nodiscard]] ScrubState state() const;
  /// Read since the start.
  [[nodiscard]] std::uint64_t bytes_read() const;

 private:
  class Guide;

  void run(const std::stop_token& stop);
  bool wait(const std::stop_token& stop);
  void pass(const std::stop_token& stop);
  [[nodiscard]] std::uint64_t rate() const;
  void begin_pass();
  [[nodiscard]] bool sealed_journals(store::CheckReport& report) const;
  void keep();
  void load();

  const Floors& floors_;
  const identity::AccountDirectory& accounts_;
  const ScrubOptions options_;

  mutable std::mutex mutex_;
  std::condition_variable_any asked_;
  ScrubState state_;
  std::optional<std::uint64_t> wanted_;  ///< a pass that was asked for, and its rate
  std::stop_source current_;             ///< the pass under way, which gives way to one that is asked for
  std::optional<std::uint64_t> rate_;    ///< of the pass under way, if it was asked for
  std::uint64_t bytes_read_ = 0;
  std::jthread thread_;
};

}  // namespace vitrine::operations
