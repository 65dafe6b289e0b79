#include "base/bytes.h"

#include <boost/endian/conversion.hpp>

namespace vitrine {

void append_be64(Bytes& to, std::uint64_t value) {
  auto at = to.size();
  to.resize(at + 8);
  write_be64(value, to.data() + at);
}

void write_be64(std::uint64_t value, std::uint8_t* to) {
  boost::endian::store_big_u64(to, value);
}

void append_be32(Bytes& to, std::uint32_t value) {
  auto at = to.size();
  to.resize(at + 4);
  boost::endian::store_big_u32(to.data() + at, value);
}

std::uint64_t read_be64(ConstBytes bytes) {
  return boost::endian::load_big_u64(bytes.data());
}
std::uint32_t read_be32(ConstBytes bytes) {
  return boost::endian::load_big_u32(bytes.data());
}

}  // namespace vitrine
