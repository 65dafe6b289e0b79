// What the server does by itself, beside the requests.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <thread>
#include <utility>

#include "blobs/collector.h"
#include "operations/expire_blobs.h"

namespace vitrine::app {

/// A thread that takes away what became unreachable, a little at a time, and deletes what has expired.
class Housekeeping {
 public:
  Housekeeping(blobs::Collector collector, operations::BlobExpiry expiry)
      : collector_(std::move(collector)), expiry_(std::move(expiry)) {}
  ~Housekeeping();
  Housekeeping(const Housekeeping&) = delete;
  Housekeeping& operator=(const Housekeeping&) = delete;

  void start();
  /// Ends after the commit under way. What is left goes on at the next start.
  void stop();
  /// Made so far. From any thread.
  [[nodiscard]] std::uint64_t commits() const { return commits_; }

 private:
  Task<void> run();

  blobs::Collector collector_;
  operations::BlobExpiry expiry_;
  boost::asio::io_context io_{1};
  boost::asio::steady_timer pause_{io_};
  std::atomic<std::uint64_t> commits_{0};
  std::thread thread_;
};

}  // namespace vitrine::app
