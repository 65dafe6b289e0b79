#include "platform/metrics.h"

#include <gtest/gtest.h>

#include <thread>

namespace vitrine::platform {
namespace {

TEST(Metrics, CountsEachPortOperationAndStatusApart) {
  Metrics metrics;
  metrics.count_request("blob", "PutBlob", 201);
  metrics.count_request("blob", "PutBlob", 201);
  metrics.count_request("blob", "PutBlob", 403);
  metrics.count_request("platform", "/healthz", 200);
  auto text = metrics.text();
  auto has = [&](std::string_view line) { return text.find(line) != std::string::npos; };
  EXPECT_TRUE(has("# TYPE vitrine_requests_total counter")) << text;
  EXPECT_TRUE(has(R"(vitrine_requests_total{port="blob",operation="PutBlob",status="201"} 2)")) << text;
  EXPECT_TRUE(has(R"(vitrine_requests_total{port="blob",operation="PutBlob",status="403"} 1)")) << text;
  EXPECT_TRUE(has(R"(vitrine_requests_total{port="platform",operation="/healthz",status="200"} 1)")) << text;
}

TEST(Metrics, LosesNoCountToARace) {
  Metrics metrics;
  constexpr int kEach = 1000;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) metrics.count_request("blob", "GetBlob", 200);
      });
  }
  EXPECT_NE(metrics.text().find(R"(status="200"} 4000)"), std::string::npos) << metrics.text();
}

TEST(Metrics, ReadsAReadingWhenAsked) {
  Metrics metrics;
  double level = 1;
  metrics.add({Reading::Kind::Gauge, "level", "How high.", [&] { return level; }});
  level = 7;
  EXPECT_NE(metrics.text().find("# TYPE level gauge\nlevel 7\n"), std::string::npos) << metrics.text();
}

TEST(Metrics, KnowsItsProcess) {
  for (const auto& reading : process_readings()) EXPECT_GT(reading.read(), 0) << reading.name;
}

}  // namespace
}  // namespace vitrine::platform
