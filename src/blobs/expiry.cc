#include "blobs/expiry.h"

#include <algorithm>

#include "blobs/head_coding.h"
#include "blobs/immutability.h"

namespace vitrine::blobs {
namespace {

/// So that every time that is kept has a year of four digits.
constexpr Timestamp kLatest = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31);

}  // namespace

Bytes Expiry::encode() const {
  CborWriter writer;
  writer.integer(to_micros(at));
  return writer.take();
}

Result<Expiry> Expiry::decode(ConstBytes cbor) {
  CborReader reader(cbor);
  const Expiry expiry{TRY(read_time(reader))};
  TRY(reader.end());
  return expiry;
}

Result<std::optional<Expiry>> resolve(const AskedExpiry& asked, Timestamp created, Timestamp now) {
  using Option = AskedExpiry::Option;
  if (asked.option == Option::Never) return std::optional<Expiry>();
  auto at = asked.at;
  if (asked.option != Option::Absolute) {
    const auto from = asked.option == Option::RelativeToCreation ? created : now;
    const auto most = std::chrono::floor<std::chrono::milliseconds>(kLatest - from);
    if (asked.after < std::chrono::milliseconds::zero() || asked.after > most)
      return fail(Code::InvalidHeaderValue, "The blob would expire later than times can be told.");
    at = from + asked.after;
  }
  if (at <= now) return fail(Code::InvalidHeaderValue, "A blob expires at a time to come.");
  return std::optional(Expiry{at});
}

Result<std::optional<Timestamp>> goes_at(const Attributes& attributes) {
  const auto expiry = TRY(attribute<Expiry>(attributes));
  if (!expiry) return std::optional<Timestamp>();
  const auto policy = TRY(attribute<ImmutabilityPolicy>(attributes));
  return std::optional(policy ? std::max(expiry->at, policy->until) : expiry->at);
}

Result<bool> is_expired(const Attributes& attributes, Timestamp now) {
  const auto expiry = TRY(attribute<Expiry>(attributes));
  return expiry && expiry->at <= now && check_mutable(attributes, now);
}

}  // namespace vitrine::blobs
