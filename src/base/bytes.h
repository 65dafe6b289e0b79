// Byte sequences: the one owning type, the one view, and the casts between bytes and text.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine {

using Bytes = std::vector<std::uint8_t>;
using ConstBytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

inline ConstBytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ConstBytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(ConstBytes bytes) {
  return {bytes.begin(), bytes.end()};
}
inline void append(Bytes& to, ConstBytes bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

/// Fixed-width big-endian integers: byte order is key order.
void append_be64(Bytes& to, std::uint64_t value);
void append_be32(Bytes& to, std::uint32_t value);
/// Over the 8 bytes at `to`.
void write_be64(std::uint64_t value, std::uint8_t* to);
/// Precondition: at least 8 (4) bytes.
std::uint64_t read_be64(ConstBytes bytes);
std::uint32_t read_be32(ConstBytes bytes);

}  // namespace vitrine
