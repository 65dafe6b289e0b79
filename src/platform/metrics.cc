#include "platform/metrics.h"

#include <fmt/format.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <tuple>

namespace vitrine::platform {
namespace {

prometheus::MetricFamily family_of(const Reading& reading) {
  prometheus::ClientMetric metric;
  bool counts = reading.kind == Reading::Kind::Counter;
  (counts ? metric.counter.value : metric.gauge.value) = reading.read();
  return {.name = reading.name,
          .help = reading.help,
          .type = counts ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge,
          .metric = {metric}};
}

/// proc(5), /proc/[pid]/statm: the second number are resident pages.
double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_files() {
  std::error_code error;
  auto entries = std::filesystem::directory_iterator("/proc/self/fd", error);
  return error ? 0 : static_cast<double>(std::distance(begin(entries), end(entries)));
}

double processor_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

/// Reading a count that exists takes a shared lock only.
class Metrics::Requests {
 public:
  void count(std::string_view port, std::string_view operation, unsigned status) {
    Label label{port, operation, status};
    {
      std::shared_lock lock(mutex_);
      auto found = counts_.find(label);
      if (found != counts_.end()) {
        found->second.fetch_add(1, std::memory_order_relaxed);
        return;
      }
    }
    std::unique_lock lock(mutex_);
    counts_[{std::string(port), std::string(operation), status}].fetch_add(1, std::memory_order_relaxed);
  }

  [[nodiscard]] prometheus::MetricFamily family() const {
    prometheus::MetricFamily out{.name = "vitrine_requests_total",
                                 .help = "Requests answered, by port, operation and HTTP status.",
                                 .type = prometheus::MetricType::Counter,
                                 .metric = {}};
    std::shared_lock lock(mutex_);
    for (const auto& [label, count] : counts_) {
      const auto& [port, operation, status] = label;
      prometheus::ClientMetric metric;
      metric.label = {{"port", port}, {"operation", operation}, {"status", std::to_string(status)}};
      metric.counter.value = static_cast<double>(count.load(std::memory_order_relaxed));
      out.metric.push_back(std::move(metric));
    }
    return out;
  }

 private:
  using Label = std::tuple<std::string_view, std::string_view, unsigned>;
  using OwnedLabel = std::tuple<std::string, std::string, unsigned>;

  mutable std::shared_mutex mutex_;
  std::map<OwnedLabel, std::atomic<std::uint64_t>, std::less<>> counts_;
};

Metrics::Metrics() : requests_(std::make_unique<Requests>()) {}
Metrics::~Metrics() = default;

void Metrics::add(Reading reading) {
  readings_.push_back(std::move(reading));
}

void Metrics::count_request(std::string_view port, std::string_view operation, unsigned status) {
  requests_->count(port, operation, status);
}

std::string Metrics::text() const {
  std::vector<prometheus::MetricFamily> families{requests_->family()};
  for (const auto& reading : readings_) families.push_back(family_of(reading));
  return prometheus::TextSerializer().Serialize(families);
}

std::vector<Reading> process_readings() {
  using enum Reading::Kind;
  auto started = static_cast<double>(std::time(nullptr));
  return {{Gauge, "process_resident_memory_bytes", "Memory that the process holds.", resident_bytes},
          {Gauge, "process_open_fds", "Open files and sockets.", open_files},
          {Counter, "process_cpu_seconds_total", "Processor time used.", processor_seconds},
          {Gauge, "process_start_time_seconds", "When the process started, in seconds since 1970.",
           [started] { return started; }}};
}

}  // namespace vitrine::platform
