#include "blobs/access_tier.h"

#include <algorithm>
#include <array>

#include "blobs/head_coding.h"

namespace vitrine::blobs {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"Hot", "Cool", "Cold", "Archive"};

bool is_same(std::string_view name, std::string_view text) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::ranges::equal(name, text, {}, lower, lower);
}

template <class Enum>
Result<Enum> read_enum(CborReader& reader, Enum most) {
  const auto value = TRY(reader.unsigned_int());
  if (value > static_cast<std::uint64_t>(most)) return fail(Code::Corrupt, "A stored tier is none.");
  return static_cast<Enum>(value);
}

}  // namespace

std::string_view name(Tier tier) {
  return kNames.at(static_cast<std::size_t>(tier));
}

Result<Tier> parse_tier(std::string_view text) {
  for (auto tier : {Tier::Hot, Tier::Cool, Tier::Cold, Tier::Archive})
    if (is_same(name(tier), text)) return tier;
  return fail(Code::InvalidHeaderValue, "An access tier is one of Hot, Cool, Cold and Archive.");
}

Bytes AccessTier::encode() const {
  CborWriter writer;
  writer.array(3).unsigned_int(static_cast<std::uint64_t>(tier)).integer(to_micros(set));
  if (rehydration)
    writer.array(3)
        .unsigned_int(static_cast<std::uint64_t>(rehydration->to))
        .integer(to_micros(rehydration->ready))
        .unsigned_int(static_cast<std::uint64_t>(rehydration->priority));
  else
    writer.null();
  return writer.take();
}

Result<AccessTier> AccessTier::decode(ConstBytes cbor) {
  CborReader reader(cbor);
  TRY(reader.array(3));
  AccessTier tier{.tier = TRY(read_enum(reader, Tier::Archive)), .set = TRY(read_time(reader))};
  if (!reader.skip_null()) {
    TRY(reader.array(3));
    tier.rehydration = Rehydration{.to = TRY(read_enum(reader, Tier::Archive)),
                                   .ready = TRY(read_time(reader)),
                                   .priority = TRY(read_enum(reader, RehydratePriority::High))};
  }
  TRY(reader.end());
  return tier;
}

std::optional<AccessTier> tier_at(const std::optional<AccessTier>& tier, Timestamp now) {
  if (!tier || !tier->rehydration || tier->rehydration->ready > now) return tier;
  return AccessTier{.tier = tier->rehydration->to, .set = tier->rehydration->ready};
}

Result<void> check_online(const Attributes& attributes, Timestamp now) {
  const auto tier = tier_at(TRY(attribute<AccessTier>(attributes)), now);
  if (!tier || tier->tier != Tier::Archive) return {};
  if (tier->rehydration)
    return fail(Code::BlobBeingRehydrated, "The blob is on its way out of the archive; try again later.");
  return fail(Code::BlobArchived, "The blob is archived; set another tier and wait until it is rehydrated.");
}

Result<bool> set_tier(std::optional<AccessTier>& tier, Tier to, RehydratePriority priority,
                      const RehydrationTimes& times, Timestamp now) {
  tier = tier_at(tier, now);
  if (!tier || tier->tier != Tier::Archive) {
    tier = AccessTier{.tier = to, .set = now};
    return false;
  }
  if (to == Tier::Archive && !tier->rehydration) return false;
  const bool hurries = priority == RehydratePriority::High;
  const auto ready = now + (hurries ? times.high : times.standard);
  if (!tier->rehydration) {
    tier->rehydration = Rehydration{.to = to, .ready = ready, .priority = priority};
    return true;
  }
  if (tier->rehydration->to != to)
    return fail(Code::BlobBeingRehydrated, "The blob is on its way to another tier already.");
  if (hurries) {
    tier->rehydration->priority = priority;
    tier->rehydration->ready = std::min(tier->rehydration->ready, ready);
  }
  return true;
}

}  // namespace vitrine::blobs
