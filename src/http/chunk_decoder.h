// The chunked transfer coding of request bodies.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace vitrine::http {

/// Reads the framing of a chunked body (RFC 9112 §7.1) and leaves the data to its caller, so that data goes
/// from the socket to its destination without passing through here. Strict: CR LF only, at most 16 size
/// digits. Extensions and trailers are bounded and ignored.
class ChunkDecoder {
 public:
  /// Consumes framing from the front of `input` and returns how many bytes; stops at data, at the end of the
  /// body, or when input runs out. Errors: InvalidInput; the decoder is then of no further use.
  Result<std::size_t> consume_framing(std::string_view input);
  /// How many bytes of data come next; 0 while framing does, and at the end.
  [[nodiscard]] std::uint64_t data_left() const { return state_ == State::Data ? size_ : 0; }
  /// Precondition: count <= data_left().
  void consume_data(std::uint64_t count);
  /// True behind the last byte of the body.
  [[nodiscard]] bool done() const { return state_ == State::Done; }

 private:
  enum class State {
    SizeStart,
    Size,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    TrailerStart,
    Trailer,
    TrailerLf,
    EndLf,
    Done
  };

  Result<void> step(char c);
  Result<void> step_in_size(char c);
  Result<void> step_in_trailer(char c);
  Result<void> expect(char c, char wanted, State next);
  Result<void> spend(std::size_t& budget, State next);

  static constexpr std::size_t kMaxExtensionBytes = 256;  // a chunk
  static constexpr std::size_t kMaxTrailerBytes = 8192;   // a body

  State state_ = State::SizeStart;
  std::uint64_t size_ = 0;
  unsigned digits_ = 0;
  std::size_t extension_budget_ = kMaxExtensionBytes;
  std::size_t trailer_budget_ = kMaxTrailerBytes;
};

}  // namespace vitrine::http
