#include "crypto/digest.h"

#include <isa-l/crc.h>
#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>

namespace vitrine::crypto {
namespace {

template <class Digest>
const EVP_MD* algorithm() {
  // Fetched once: an implicit fetch per digest costs more than hashing a small message.
  static EVP_MD* const fetched =
      EVP_MD_fetch(nullptr, std::is_same_v<Digest, Sha256Digest> ? "SHA256" : "MD5", nullptr);
  if (!fetched) throw std::runtime_error("OpenSSL offers no SHA-256 or MD5; check its configuration");
  return fetched;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

template <class Digest>
Digest one_shot(ConstBytes data) {
  thread_local const Context context(EVP_MD_CTX_new());
  Digest digest;
  EVP_DigestInit_ex2(context.get(), algorithm<Digest>(), nullptr);
  EVP_DigestUpdate(context.get(), data.data(), data.size());
  EVP_DigestFinal_ex(context.get(), digest.data(), nullptr);
  return digest;
}

constexpr auto make_crc64_table() {
  std::array<std::array<std::uint64_t, 256>, 8> table{};
  for (std::uint64_t byte = 0; byte < 256; ++byte) {
    std::uint64_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0x9a6c9329ac4bc9b5u : 0);
    table[0][byte] = crc;
  }
  for (std::size_t slice = 1; slice < 8; ++slice)
    for (std::size_t byte = 0; byte < 256; ++byte)
      table[slice][byte] = table[slice - 1][byte] >> 8 ^ table[0][table[slice - 1][byte] & 0xff];
  return table;
}
constexpr auto kCrc64Table = make_crc64_table();

}  // namespace

Sha256Digest sha256(ConstBytes data) {
  return one_shot<Sha256Digest>(data);
}
Md5Digest md5(ConstBytes data) {
  return one_shot<Md5Digest>(data);
}

template <class Digest>
struct Hasher<Digest>::State {
  Context context{EVP_MD_CTX_new()};
};

template <class Digest>
Hasher<Digest>::Hasher() : state_(std::make_unique<State>()) {
  EVP_DigestInit_ex2(state_->context.get(), algorithm<Digest>(), nullptr);
}
template <class Digest>
Hasher<Digest>::~Hasher() = default;
template <class Digest>
Hasher<Digest>::Hasher(Hasher&&) noexcept = default;
template <class Digest>
Hasher<Digest>& Hasher<Digest>::operator=(Hasher&&) noexcept = default;

template <class Digest>
void Hasher<Digest>::update(ConstBytes data) {
  EVP_DigestUpdate(state_->context.get(), data.data(), data.size());
}

template <class Digest>
Digest Hasher<Digest>::finish() {
  Digest digest;
  EVP_DigestFinal_ex(state_->context.get(), digest.data(), nullptr);
  EVP_DigestInit_ex2(state_->context.get(), algorithm<Digest>(), nullptr);
  return digest;
}

template class Hasher<Sha256Digest>;
template class Hasher<Md5Digest>;

void Crc64::update(ConstBytes data) {
  auto crc = state_;
  const auto* at = data.data();
  std::size_t left = data.size();
  for (; left >= 8; at += 8, left -= 8) {  // eight bytes a step, one table each
    for (std::size_t i = 0; i < 8; ++i) crc ^= std::uint64_t{at[i]} << (8 * i);
    std::uint64_t next = 0;
    for (std::size_t i = 0; i < 8; ++i) next ^= kCrc64Table[7 - i][crc >> (8 * i) & 0xff];
    crc = next;
  }
  for (; left > 0; ++at, --left) crc = crc >> 8 ^ kCrc64Table[0][(crc ^ *at) & 0xff];
  state_ = crc;
}

std::uint32_t crc32c(ConstBytes data, std::uint32_t before) {
  // The library neither begins nor ends with the inversion that belongs to the checksum, and takes an int.
  auto crc = ~before;
  while (!data.empty()) {
    const auto part = data.first(std::min(data.size(), std::size_t{1} << 30));
    crc = crc32_iscsi(const_cast<std::uint8_t*>(part.data()), static_cast<int>(part.size()), crc);
    data = data.subspan(part.size());
  }
  return ~crc;
}

}  // namespace vitrine::crypto
