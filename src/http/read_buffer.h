// Bytes received and not yet used.
#pragma once

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace vitrine::http {

/// A queue of bytes in one piece of memory, which grows from 4 KiB to a fixed capacity and is reused.
class ReadBuffer {
 public:
  explicit ReadBuffer(std::size_t capacity) : capacity_(capacity) {}

  [[nodiscard]] std::string_view data() const { return {memory_.data() + begin_, end_ - begin_}; }
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] bool full() const { return size() == capacity_; }

  /// Room behind the data, not empty. Invalidates data(). Precondition: not full.
  MutableBytes space();
  /// The first `count` bytes of the last space() are data now.
  void commit(std::size_t count) { end_ += count; }
  /// Precondition: count <= size().
  void consume(std::size_t count) { begin_ += count; }
  /// Moves a front part of the data out; returns its size.
  std::size_t take(MutableBytes into);

 private:
  std::size_t capacity_;
  std::vector<char> memory_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

inline MutableBytes ReadBuffer::space() {
  constexpr std::size_t kFirstSize = 4096;
  if (begin_ > 0) {
    std::memmove(memory_.data(), memory_.data() + begin_, size());
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == memory_.size()) memory_.resize(std::min(capacity_, std::max(kFirstSize, 2 * end_)));
  return {reinterpret_cast<std::uint8_t*>(memory_.data()) + end_, memory_.size() - end_};
}

inline std::size_t ReadBuffer::take(MutableBytes into) {
  const auto count = std::min(into.size(), size());
  std::copy_n(data().begin(), count, into.begin());
  consume(count);
  return count;
}

}  // namespace vitrine::http
