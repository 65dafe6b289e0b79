#include "ledger/receipt_token.h"

#include <algorithm>

#include "base/encoding.h"

namespace vitrine::ledger {
namespace {

constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kPlaceBytes = 12;

crypto::HmacKey derive(ConstBytes secret, std::string_view use) {
  return crypto::HmacKey(crypto::HmacKey(secret).sign(as_bytes(use)));
}

/// Masks and unmasks: the same step both ways.
Bytes masked(const crypto::HmacKey& key, ConstBytes tag, ConstBytes place) {
  auto mask = key.sign(tag);
  Bytes out(kPlaceBytes);
  std::transform(place.begin(), place.end(), mask.begin(), out.begin(), std::bit_xor<std::uint8_t>());
  return out;
}

}  // namespace

ReceiptTokens::ReceiptTokens(ConstBytes secret, std::string_view use)
    : tag_key_(derive(secret, std::string(use) + " tag")),
      mask_key_(derive(secret, std::string(use) + " mask")) {}

std::string ReceiptTokens::seal(RecordPlace place) const {
  Bytes plain;
  append_be32(plain, place.slot);
  append_be64(plain, place.index);
  auto tag = tag_key_.sign(plain);
  Bytes token(tag.begin(), tag.begin() + kTagBytes);
  append(token, masked(mask_key_, ConstBytes(tag).first(kTagBytes), plain));
  return to_hex(token);
}

Result<RecordPlace> ReceiptTokens::open(std::string_view token) const {
  auto unknown =
      fail(Code::RecordNotFound, "No receipt has this token. Copy it whole from x-ms-vitrine-receipt.");
  auto bytes = from_hex(token);
  if (!bytes || bytes->size() != kTagBytes + kPlaceBytes) return unknown;
  auto tag = ConstBytes(*bytes).first(kTagBytes);
  auto plain = masked(mask_key_, tag, ConstBytes(*bytes).subspan(kTagBytes));
  if (!crypto::equal_in_constant_time(tag, ConstBytes(tag_key_.sign(plain)).first(kTagBytes))) return unknown;
  return RecordPlace{read_be32(plain), read_be64(ConstBytes(plain).subspan(4))};
}

}  // namespace vitrine::ledger
