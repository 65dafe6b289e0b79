#include "identity/key_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

namespace vitrine::identity {
namespace {

namespace json = boost::json;

constexpr std::size_t kMostBytes = 1 << 20;
constexpr std::size_t kMostKeys = 256;

/// Empty when the member is absent or no text.
std::string_view text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string_view(value->as_string()) : std::string_view();
}

Result<Bytes> number_of(const json::object& object, std::string_view name) {
  return from_base64url(text_of(object, name));
}

Result<crypto::PublicKey> public_key_of(const json::object& object, bool is_rsa) {
  if (is_rsa) return crypto::PublicKey::rsa(TRY(number_of(object, "n")), TRY(number_of(object, "e")));
  return crypto::PublicKey::p256(TRY(number_of(object, "x")), TRY(number_of(object, "y")));
}

}  // namespace

Result<std::optional<KeySet::Key>> KeySet::parse_key(const json::object& object) {
  const auto type = text_of(object, "kty"), use = text_of(object, "use"), name = text_of(object, "alg");
  const bool is_rsa = type == "RSA", is_p256 = type == "EC" && text_of(object, "crv") == "P-256";
  const auto algorithm = crypto::jws_algorithm(name);
  const bool is_for_signatures = use.empty() || use == "sig";
  if ((!is_rsa && !is_p256) || !is_for_signatures || (!name.empty() && !algorithm))
    return std::optional<Key>();
  auto key = public_key_of(object, is_rsa);
  const auto id = text_of(object, "kid");
  if (!key) return fail(Code::InvalidInput, fmt::format("Its key '{:.64}': {}", id, key.error().message));
  return std::optional(Key{std::string(id), algorithm, std::move(*key)});
}

Result<KeySet> KeySet::parse(std::string_view text) {
  auto no_set = [] { return fail(Code::InvalidInput, "This is no JSON web key set, {\"keys\": [ … ]}."); };
  if (text.size() > kMostBytes) return no_set();
  boost::system::error_code error;
  const auto document = json::parse(text, error);
  const auto* keys = !error && document.is_object() ? document.as_object().if_contains("keys") : nullptr;
  if (!keys || !keys->is_array() || keys->as_array().size() > kMostKeys) return no_set();
  KeySet set;
  for (const auto& each : keys->as_array()) {
    if (!each.is_object()) return no_set();
    if (auto key = TRY(parse_key(each.as_object()))) set.keys_.push_back(std::move(*key));
  }
  if (set.keys_.empty())
    return fail(Code::InvalidInput, "The key set has no RSA or P-256 key for signatures in it.");
  return set;
}

bool KeySet::is_meant(const Key& key, const UnverifiedToken& token) const {
  if (key.algorithm && *key.algorithm != token.algorithm) return false;
  return token.key_id.empty() ? keys_.size() == 1 : key.id == token.key_id;
}

bool KeySet::verifies(const UnverifiedToken& token) const {
  return std::ranges::any_of(keys_, [&](const Key& key) {
    return is_meant(key, token) &&
           key.key.verifies(token.algorithm, as_bytes(token.signed_text), token.signature);
  });
}

}  // namespace vitrine::identity
