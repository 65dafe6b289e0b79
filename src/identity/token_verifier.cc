#include "identity/token_verifier.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "base/log.h"

namespace vitrine::identity {
namespace {

constexpr std::size_t kMostFileBytes = 1 << 20;

Result<std::shared_ptr<const KeySet>> read_keys(const std::filesystem::path& file) {
  return std::make_shared<const KeySet>(TRY(KeySet::parse(TRY(read_regular_file(file, kMostFileBytes)))));
}

std::string_view without_slash(std::string_view text) {
  return text.ends_with('/') ? text.substr(0, text.size() - 1) : text;
}

}  // namespace

Result<std::unique_ptr<TokenVerifier>> TokenVerifier::open(TokenRules rules) {
  std::unique_ptr<TokenVerifier> verifier(new TokenVerifier(std::move(rules)));
  verifier->read_at_ = verifier->stamp();
  auto keys = read_keys(verifier->rules_.keys);
  if (!keys) return fail(Code::InvalidInput, keys.error().message);
  verifier->keys_ = std::move(*keys);
  return verifier;
}

TokenVerifier::Stamp TokenVerifier::stamp() const {
  std::error_code error;
  Stamp stamp;
  stamp.changed = std::filesystem::last_write_time(rules_.keys, error);
  stamp.size = std::filesystem::file_size(rules_.keys, error);
  return stamp;
}

/// Keys that cannot be read, because somebody writes them just now, leave those before in force.
std::shared_ptr<const KeySet> TokenVerifier::keys() const {
  const auto now = stamp();
  const std::lock_guard lock(mutex_);
  if (now == read_at_) return keys_;
  read_at_ = now;
  if (auto keys = read_keys(rules_.keys)) {
    keys_ = std::move(*keys);
    log::info("The issuer's keys were read again", {{"keys", std::to_string(keys_->size())}});
  } else {
    log::warn("The issuer's keys cannot be read; those before stay in force",
              {{"file", rules_.keys.string()}, {"error", keys.error().message}});
  }
  return keys_;
}

Result<void> TokenVerifier::check(const Claims& claims, Timestamp now) const {
  if (claims.issuer != rules_.issuer) return refuse_token("comes from another issuer than this server's");
  const bool is_for_us = std::ranges::any_of(claims.audiences, [&](const auto& audience) {
    return std::ranges::any_of(
        rules_.audiences, [&](const auto& own) { return without_slash(own) == without_slash(audience); });
  });
  if (!is_for_us) return refuse_token("is for another audience than this server");
  if (now >= claims.expiry + kAllowedTokenSkew)
    return refuse_token(fmt::format("is over since {}", to_iso8601(claims.expiry)));
  if (claims.not_before && now + kAllowedTokenSkew < *claims.not_before)
    return refuse_token(fmt::format("holds only from {} on", to_iso8601(*claims.not_before)));
  return {};
}

Result<Claims> TokenVerifier::verify(std::string_view token, Timestamp now) const {
  auto parsed = TRY(parse_token(token));
  if (!keys()->verifies(parsed))
    return refuse_token("was signed by none of the issuer's keys, or was changed");
  TRY(check(parsed.claims, now));
  return std::move(parsed.claims);
}

}  // namespace vitrine::identity
