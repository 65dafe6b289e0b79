#include "http/chunk_decoder.h"

namespace vitrine::http {
namespace {

std::unexpected<Error> broken() {
  return fail(
      Code::InvalidInput,
      "The chunked coding of the request body is broken; send chunk sizes in hexadecimal and CR LF after "
      "each size and chunk.");
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_text(char c) {
  auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
}

}  // namespace

Result<std::size_t> ChunkDecoder::consume_framing(std::string_view input) {
  std::size_t used = 0;
  while (used < input.size() && state_ != State::Data && state_ != State::Done) {
    TRY(step(input[used]));
    ++used;
  }
  return used;
}

void ChunkDecoder::consume_data(std::uint64_t count) {
  size_ -= count;
  if (size_ == 0) state_ = State::DataCr;
}

Result<void> ChunkDecoder::step(char c) {
  switch (state_) {
    case State::SizeStart:
    case State::Size:
    case State::Extension:
      return step_in_size(c);
    case State::SizeLf:
      return expect(c, '\n', size_ > 0 ? State::Data : State::TrailerStart);
    case State::DataCr:
      return expect(c, '\r', State::DataLf);
    case State::DataLf:
      return expect(c, '\n', State::SizeStart);
    case State::TrailerStart:
    case State::Trailer:
      return step_in_trailer(c);
    case State::TrailerLf:
      return expect(c, '\n', State::TrailerStart);
    case State::EndLf:
      return expect(c, '\n', State::Done);
    case State::Data:
    case State::Done:
      break;
  }
  return broken();
}

Result<void> ChunkDecoder::step_in_size(char c) {
  if (state_ == State::SizeStart) {
    size_ = 0;
    digits_ = 0;
    extension_budget_ = kMaxExtensionBytes;
    state_ = State::Size;
  }
  const int digit = state_ == State::Size ? hex_digit(c) : -1;
  if (digit >= 0) {
    if (++digits_ > 16) return broken();
    size_ = size_ << 4 | static_cast<unsigned>(digit);
    return {};
  }
  if (digits_ == 0) return broken();
  if (c == '\r') {
    state_ = State::SizeLf;
    return {};
  }
  if ((state_ == State::Size && c != ';') || !is_text(c)) return broken();
  return spend(extension_budget_, State::Extension);
}

Result<void> ChunkDecoder::step_in_trailer(char c) {
  if (c == '\r') {
    state_ = state_ == State::TrailerStart ? State::EndLf : State::TrailerLf;
    return {};
  }
  if (!is_text(c)) return broken();
  return spend(trailer_budget_, State::Trailer);
}

Result<void> ChunkDecoder::expect(char c, char wanted, State next) {
  if (c != wanted) return broken();
  state_ = next;
  return {};
}

Result<void> ChunkDecoder::spend(std::size_t& budget, State next) {
  if (budget == 0) return broken();
  --budget;
  state_ = next;
  return {};
}

}  // namespace vitrine::http
