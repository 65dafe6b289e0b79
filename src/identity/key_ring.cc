#include "identity/key_ring.h"

namespace vitrine::identity {

KeyRing::KeyRing(Account account) : account_(std::move(account)) {
  prepared_.reserve(account_.keys.size());
  for (const auto& key : account_.keys) prepared_.emplace_back(key.secret);
}

const AccessKey* KeyRing::find_signer(std::string_view text, ConstBytes signature) const {
  const AccessKey* signer = nullptr;
  for (std::size_t i = 0; i < prepared_.size(); ++i)
    if (crypto::equal_in_constant_time(prepared_[i].sign(as_bytes(text)), signature))
      signer = &account_.keys[i];
  return signer;
}

}  // namespace vitrine::identity
