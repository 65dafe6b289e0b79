// Deterministically encoded CBOR (RFC 8949 §4.2) as all stored formats use it: unsigned and negative
// integers, byte and text strings, arrays, booleans, null. No maps, floats, tags or indefinite lengths.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace vitrine {

/// Appends items to a buffer in the shortest form.
class CborWriter {
 public:
  CborWriter() = default;
  /// Makes room for about as many bytes at once; any number may follow.
  explicit CborWriter(std::size_t expected_size) { out_.reserve(expected_size); }

  CborWriter& array(std::size_t items);
  CborWriter& unsigned_int(std::uint64_t value);
  /// Any int64; negative values as CBOR major type 1.
  CborWriter& integer(std::int64_t value);
  CborWriter& bytes(ConstBytes value);
  CborWriter& text(std::string_view value);
  CborWriter& boolean(bool value);
  CborWriter& null();
  /// An item that is encoded already.
  CborWriter& raw(ConstBytes item);

  [[nodiscard]] const Bytes& view() const { return out_; }
  [[nodiscard]] Bytes take() { return std::move(out_); }

 private:
  void head(std::uint8_t major, std::uint64_t value);
  Bytes out_;
};

/// Reads items one after the other; refuses every encoding that CborWriter would not have produced.
/// The returned views point into the buffer given. All errors are Corrupt and name the offset.
class CborReader {
 public:
  explicit CborReader(ConstBytes input) : input_(input) {}

  /// An array header of exactly `items` items.
  Result<void> array(std::size_t items);
  /// An array header of any length up to `limit`.
  Result<std::size_t> array_up_to(std::size_t limit);
  /// Whether an array is next; consumes nothing.
  [[nodiscard]] bool at_array() const;
  Result<std::uint64_t> unsigned_int();
  Result<std::int64_t> integer();
  Result<ConstBytes> bytes();
  /// A byte string of exactly `size` bytes.
  Result<ConstBytes> bytes(std::size_t size);
  /// Must be valid UTF-8.
  Result<std::string_view> text();
  Result<bool> boolean();
  /// Consumes a null if one is next; otherwise nothing.
  bool skip_null();
  /// Nothing may follow.
  Result<void> end() const;
  [[nodiscard]] std::size_t offset() const { return at_; }

 private:
  struct Head {
    std::uint8_t major;
    std::uint64_t value;
  };
  Result<Head> head();
  Result<std::uint64_t> head_of(std::uint8_t major, const char* what);
  Result<ConstBytes> payload(std::uint64_t size);
  [[nodiscard]] std::unexpected<Error> corrupt(const char* what) const;

  ConstBytes input_;
  std::size_t at_ = 0;
};

/// Whether the text is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view text);

}  // namespace vitrine
