#include "base/encoding.h"

#include <boost/algorithm/hex.hpp>
#include <boost/beast/core/detail/base64.hpp>

namespace vitrine {
namespace base64 = boost::beast::detail::base64;

std::string to_hex(ConstBytes bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(bytes.size() * 2, '\0');
  auto at = text.begin();
  for (auto byte : bytes) {
    *at++ = kDigits[byte >> 4];
    *at++ = kDigits[byte & 15];
  }
  return text;
}

Result<Bytes> from_hex(std::string_view text) {
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  try {
    boost::algorithm::unhex(text.begin(), text.end(), std::back_inserter(bytes));
  } catch (const boost::algorithm::hex_decode_error&) {
    return fail(Code::InvalidInput, "Not a hexadecimal string.");
  }
  return bytes;
}

std::string to_base64(ConstBytes bytes) {
  std::string text(base64::encoded_size(bytes.size()), '\0');
  text.resize(base64::encode(text.data(), bytes.data(), bytes.size()));
  return text;
}

Result<Bytes> from_base64(std::string_view text) {
  Bytes bytes(base64::decoded_size(text.size()) + 3);
  auto [written, read] = base64::decode(bytes.data(), text.data(), text.size());
  bytes.resize(written);
  if (to_base64(bytes) != text) return fail(Code::InvalidInput, "Not a canonical base64 string.");
  return bytes;
}

}  // namespace vitrine
