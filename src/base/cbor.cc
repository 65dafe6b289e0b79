#include "base/cbor.h"

#include <cbor/encoding.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/locale/utf.hpp>
#include <limits>

namespace vitrine {
namespace {

enum Major : std::uint8_t { kUnsigned = 0, kNegative = 1, kBytes = 2, kText = 3, kArray = 4, kSimple = 7 };
constexpr std::uint64_t kFalse = 20, kTrue = 21, kNull = 22;

/// Much cheaper for a few bytes than inserting a range, which a vector does in general terms.
void put(Bytes& to, ConstBytes bytes) {
  const auto at = to.size();
  to.resize(at + bytes.size());
  std::copy_n(bytes.data(), bytes.size(), to.data() + at);
}

}  // namespace

void CborWriter::head(std::uint8_t major, std::uint64_t value) {
  constexpr std::uint64_t kFirstOfMoreBytes = 24;
  if (value < kFirstOfMoreBytes) return out_.push_back(static_cast<std::uint8_t>(major << 5 | value));
  std::array<unsigned char, 9> buffer;
  std::size_t size = cbor_encode_uint(value, buffer.data(), buffer.size());
  buffer[0] = static_cast<unsigned char>(buffer[0] | (major << 5));
  put(out_, ConstBytes(buffer).first(size));
}

CborWriter& CborWriter::array(std::size_t items) {
  return head(kArray, items), *this;
}
CborWriter& CborWriter::unsigned_int(std::uint64_t value) {
  return head(kUnsigned, value), *this;
}

CborWriter& CborWriter::integer(std::int64_t value) {
  if (value >= 0)
    head(kUnsigned, static_cast<std::uint64_t>(value));
  else
    head(kNegative, static_cast<std::uint64_t>(-(value + 1)));
  return *this;
}

CborWriter& CborWriter::bytes(ConstBytes value) {
  head(kBytes, value.size());
  put(out_, value);
  return *this;
}

CborWriter& CborWriter::text(std::string_view value) {
  head(kText, value.size());
  put(out_, as_bytes(value));
  return *this;
}

CborWriter& CborWriter::boolean(bool value) {
  return head(kSimple, value ? kTrue : kFalse), *this;
}
CborWriter& CborWriter::null() {
  return head(kSimple, kNull), *this;
}
CborWriter& CborWriter::raw(ConstBytes item) {
  return put(out_, item), *this;
}

std::unexpected<Error> CborReader::corrupt(const char* what) const {
  return fail(Code::Corrupt, fmt::format("{} at byte {} of {}.", what, at_, input_.size()));
}

Result<CborReader::Head> CborReader::head() {
  if (at_ >= input_.size()) return corrupt("The encoding ends early");
  std::uint8_t first = input_[at_];
  Head out{static_cast<std::uint8_t>(first >> 5), static_cast<std::uint64_t>(first & 0x1f)};
  std::size_t extra = 0;
  if (out.value >= 24) {
    if (out.value > 27) return corrupt("Indefinite or reserved length");
    extra = std::size_t{1} << (out.value - 24);
    if (input_.size() - at_ - 1 < extra) return corrupt("The encoding ends early");
    out.value = 0;
    for (std::size_t i = 0; i < extra; ++i) out.value = out.value << 8 | input_[at_ + 1 + i];
    constexpr std::uint64_t kLeast[] = {0, 24, 0x100, 0, 0x10000, 0, 0, 0, 0x100000000};
    if (out.value < kLeast[extra]) return corrupt("An integer is not in its shortest form");
  }
  at_ += 1 + extra;
  return out;
}

Result<std::uint64_t> CborReader::head_of(std::uint8_t major, const char* what) {
  auto start = at_;
  auto found = TRY(head());
  if (found.major != major) {
    at_ = start;
    return corrupt(what);
  }
  return found.value;
}

Result<ConstBytes> CborReader::payload(std::uint64_t size) {
  if (size > input_.size() - at_) return corrupt("A string is longer than what follows");
  auto view = input_.subspan(at_, size);
  at_ += size;
  return view;
}

Result<void> CborReader::array(std::size_t items) {
  auto start = at_;
  if (TRY(head_of(kArray, "Not an array")) == items) return {};
  at_ = start;
  return corrupt("An array of another length");
}

Result<std::size_t> CborReader::array_up_to(std::size_t limit) {
  auto start = at_;
  auto items = TRY(head_of(kArray, "Not an array"));
  if (items <= limit) return items;
  at_ = start;
  return corrupt("An array that is too long");
}

Result<std::uint64_t> CborReader::unsigned_int() {
  return head_of(kUnsigned, "Not an unsigned integer");
}

Result<std::int64_t> CborReader::integer() {
  auto start = at_;
  auto found = TRY(head());
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (found.major <= kNegative && found.value <= kMost) {
    auto value = static_cast<std::int64_t>(found.value);
    return found.major == kUnsigned ? value : -1 - value;
  }
  at_ = start;
  return corrupt("Not a 64-bit integer");
}

Result<ConstBytes> CborReader::bytes() {
  return payload(TRY(head_of(kBytes, "Not a byte string")));
}

Result<ConstBytes> CborReader::bytes(std::size_t size) {
  auto start = at_;
  auto view = TRY(bytes());
  if (view.size() == size) return view;
  at_ = start;
  return corrupt("A byte string of another length");
}

Result<std::string_view> CborReader::text() {
  auto start = at_;
  auto view = as_text(TRY(payload(TRY(head_of(kText, "Not a text string")))));
  if (is_utf8(view)) return view;
  at_ = start;
  return corrupt("A text string that is not UTF-8");
}

Result<bool> CborReader::boolean() {
  auto start = at_;
  auto found = TRY(head());
  if (found.major == kSimple && (found.value == kTrue || found.value == kFalse) && at_ == start + 1)
    return found.value == kTrue;
  at_ = start;
  return corrupt("Not a boolean");
}

bool CborReader::at_array() const {
  constexpr unsigned kMajorShift = 5;
  return at_ < input_.size() && input_[at_] >> kMajorShift == kArray;
}

bool CborReader::skip_null() {
  if (at_ >= input_.size() || input_[at_] != (kSimple << 5 | kNull)) return false;
  ++at_;
  return true;
}

Result<void> CborReader::end() const {
  if (at_ == input_.size()) return {};
  return corrupt("Bytes follow the end");
}

bool is_utf8(std::string_view text) {
  namespace utf = boost::locale::utf;
  for (auto at = text.begin(); at != text.end();) {
    auto point = utf::utf_traits<char>::decode(at, text.end());
    if (point == utf::illegal || point == utf::incomplete) return false;
  }
  return true;
}

}  // namespace vitrine
