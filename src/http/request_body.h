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

/// The one body reader of a connection, begun anew for each request. Data goes from the socket to the
/// handler's memory, except for what was received together with the head.
class RequestBody final : public BodyReader {
 public:
  /// `patience` is how long the client may send nothing, or take nothing of "100 Continue".
  RequestBody(Transport& transport, ReadBuffer& buffer, std::chrono::milliseconds patience);

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
  Task<Result<void>> receive_more();
  Task<Result<void>> reach_data();
  [[nodiscard]] std::uint64_t data_left() const;

  Transport& transport_;
  ReadBuffer& buffer_;
  std::chrono::milliseconds patience_;
  Framing framing_;
  ChunkDecoder chunks_;
  std::uint64_t left_ = 0;  // when not chunked
};

}  // namespace vitrine::http
