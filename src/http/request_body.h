// A request's body on its way from the socket to the handler.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "http/chunk_decoder.h"
#include "http/message.h"
#include "http/read_buffer.h"
#include "http/request_head.h"
#include "http/transport.h"

namespace vitrine::http {

/// How long a body may be waited for: `patience` for any bytes at all, and in all the patience and what the
/// received bytes take at the least rate. Time that the handler takes does not count.
class Pace {
 public:
  Pace(std::chrono::milliseconds patience, std::uint64_t bytes_per_second)
      : patience_(patience), rate_(bytes_per_second) {}

  void begin() { waited_ = {}, received_ = 0; }
  /// Until when a wait that begins now may last.
  [[nodiscard]] SteadyTime deadline(SteadyTime now) const;
  void count(std::size_t bytes, SteadyTime::duration waited);
  [[nodiscard]] std::chrono::milliseconds patience() const { return patience_; }

 private:
  std::chrono::milliseconds patience_;
  std::uint64_t rate_;
  SteadyTime::duration waited_{};
  std::uint64_t received_ = 0;
};

/// The one body reader of a connection, begun anew for each request. Data goes from the socket to the
/// handler's memory, except for what was received together with the head.
class RequestBody final : public BodyReader {
 public:
  RequestBody(Transport& transport, ReadBuffer& buffer, Pace pace);

  /// The buffer's front is the first byte behind the head.
  void begin(const Framing& framing);

  [[nodiscard]] Task<Result<std::size_t>> read(MutableBytes into) override;
  [[nodiscard]] std::optional<std::uint64_t> length() const override;

  /// True when the rest can be read over so that the next request follows: it is known to be at most `limit`
  /// bytes, and the client is on its way to send it.
  [[nodiscard]] bool can_skip(std::uint64_t limit) const;
  /// Reads the rest over. Precondition: can_skip().
  [[nodiscard]] Task<Result<void>> skip();

 private:
  Task<Result<std::size_t>> receive(MutableBytes into);
  Task<Result<void>> receive_more();
  Task<Result<void>> reach_data();
  [[nodiscard]] std::uint64_t data_left() const;

  Transport& transport_;
  ReadBuffer& buffer_;
  Pace pace_;
  Framing framing_;
  ChunkDecoder chunks_;
  std::uint64_t left_ = 0;  // when not chunked
};

}  // namespace vitrine::http
