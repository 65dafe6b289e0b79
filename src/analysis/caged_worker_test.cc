// The real worker, in its cage, behind the pool.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "analysis/worker_pool_test_peer.h"

namespace vitrine::analysis {
namespace {

constexpr const char* kFormats[] = {".png", ".jpg", ".webp", ".tiff", ".bmp"};

WorkerPoolOptions options(std::string models) {
  return {.program = {.path = VITRINE_WORKER, .models = std::move(models)},
          .workers = 1,
          .start_limit = std::chrono::minutes(2)};
}

Bytes drawn(const char* text, const char* format) {
  cv::Mat picture(200, 700, CV_8UC3, cv::Scalar::all(255));
  cv::putText(picture, text, {60, 120}, cv::FONT_HERSHEY_SIMPLEX, 2, cv::Scalar::all(0), 4, cv::LINE_AA);
  Bytes out;
  EXPECT_TRUE(cv::imencode(format, picture, out));
  return out;
}

Result<ImageAnswer> ask(WorkerPool& pool, worker::ImageTask task, ConstBytes picture) {
  auto file = worker::MemoryFile::create();
  EXPECT_TRUE(file && file->append(picture) && file->seal());
  ImageInput input{std::make_shared<worker::MemoryFile>(std::move(*file)), crypto::sha256(picture)};
  boost::asio::io_context io(1);
  std::optional<Result<ImageAnswer>> out;
  auto asking = [&]() -> Task<void> {
    out.emplace(co_await WorkerPoolTestPeer::run(pool, {}, task, std::move(input), std::chrono::minutes(2)));
  };
  boost::asio::co_spawn(io, asking, [](std::exception_ptr failure) { EXPECT_FALSE(failure); });
  io.run();
  return std::move(*out);
}

TEST(CagedWorker, AnalysesEveryFormatAndLivesThroughRefusals) {
  WorkerPool pool(options("models/cache"));
  for (const auto* format : kFormats) {
    auto answer = ask(pool, {{true, true, true}, true, {}}, drawn("Vitrine 42", format));
    ASSERT_TRUE(answer) << format << ": " << answer.error().message;
    ASSERT_EQ(answer->insights.lines.size(), 1u) << format;
    EXPECT_EQ(answer->insights.lines[0].text, "Vitrine 42") << format;
    EXPECT_EQ(answer->insights.models.size(), 4u);
    ASSERT_TRUE(answer->redacted) << format;
    auto copy = answer->redacted->file.map();
    ASSERT_TRUE(copy);
    EXPECT_EQ(copy->bytes().size(), answer->insights.redacted->size) << format;
  }
  EXPECT_EQ(ask(pool, {}, as_bytes("no picture")).error().code, Code::InvalidInput);
  EXPECT_EQ(ask(pool, {.limits = {.max_pixels = 100}}, drawn("x", ".png")).error().code,
            Code::OutOfRangeInput);
  EXPECT_EQ(pool.stats().started, 1u);
  EXPECT_EQ(pool.stats().crashed, 0u);
}

TEST(CagedWorker, SaysWhichModelIsMissing) {
  WorkerPool pool(options("nowhere"));
  auto answer = ask(pool, {}, drawn("x", ".png"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::Unavailable);
  EXPECT_NE(answer.error().message.find("nowhere/"), std::string::npos) << answer.error().message;
}

}  // namespace
}  // namespace vitrine::analysis
