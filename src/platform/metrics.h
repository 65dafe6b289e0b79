// What the server counts, for Prometheus.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::platform {

/// A number that some part of the server knows, read when it is asked for.
struct Reading {
  enum class Kind { Counter, Gauge };

  Kind kind;
  std::string name;  ///< as Prometheus wants it: "vitrine_store_commits_total"
  std::string help;
  std::function<double()> read;
};

/// Requests by port, operation and status, counted here, and the readings of other parts. Usable from any
/// thread once all readings are added.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  void add(Reading reading);
  /// Operations must be from a fixed set, never what a client sent.
  void count_request(std::string_view port, std::string_view operation, unsigned status);
  /// The text exposition format, version 0.0.4.
  [[nodiscard]] std::string text() const;

 private:
  class Requests;
  std::unique_ptr<Requests> requests_;
  std::vector<Reading> readings_;
};

/// The readings of this process itself: memory, open files, processor time, start.
std::vector<Reading> process_readings();

}  // namespace vitrine::platform
