#include "blobs/conditions.h"

#include <algorithm>
#include <ranges>
#include <span>

namespace vitrine::blobs {
namespace {

enum class Header : std::uint8_t {
  IfMatch,
  IfNoneMatch,
  IfModifiedSince,
  IfUnmodifiedSince,
  Tags,
  Lease,
  None
};

/// What a header asks for, against a state or its absence.
enum class Test : std::uint8_t {
  NotAny,           ///< the list is not `*`
  ExistsAndListed,  ///< something exists, and its tag is listed or the list is `*`
  NotListed,        ///< the tag is not listed
  Absent,           ///< if the list is `*`: nothing exists
  Changed,          ///< nothing exists, or it was modified after the time
  Unchanged,        ///< nothing exists, or it was not modified after the time
  TagsMatch,        ///< nothing exists, or its tags are as the expression says
  Unlocked,         ///< nothing exists, or others are not kept away by a lease, or one is named
  LeaseThere,       ///< nothing exists, or a lease was taken
  LeaseNamed,       ///< nothing exists, or the last lease taken is the one named
  LeaseHeld,        ///< nothing exists, or that lease is not over
};

/// A failing test is forgiven when another header …
enum class Pardon : std::uint8_t {
  Never,
  Holds,    ///< … is sent and its own test holds: reads need one of the two
  Present,  ///< … is sent: in writes the tag decides over the time
};

struct Rule {
  Header header;
  Test test;
  Code otherwise;
  Pardon pardon = Pardon::Never;
  Header by = Header::IfMatch;
  Test by_test = Test::ExistsAndListed;
};

constexpr Rule kAsTagged{Header::Tags, Test::TagsMatch, Code::ConditionNotMet};

// If-Match and If-Unmodified-Since and (If-None-Match or If-Modified-Since).
constexpr Rule kReadRules[] = {
    {Header::IfNoneMatch, Test::NotAny, Code::UnsatisfiableCondition},
    {Header::IfMatch, Test::ExistsAndListed, Code::ConditionNotMet},
    {Header::IfUnmodifiedSince, Test::Unchanged, Code::ConditionNotMet},
    kAsTagged,
    {Header::IfNoneMatch, Test::NotListed, Code::NotModified, Pardon::Holds, Header::IfModifiedSince,
     Test::Changed},
    {Header::IfModifiedSince, Test::Changed, Code::NotModified, Pardon::Holds, Header::IfNoneMatch,
     Test::NotListed},
};
// `*` keeps only what is to come into being from what exists: whoever changes it finds it there.
constexpr Rule kWriteRules[] = {
    {Header::IfNoneMatch, Test::NotListed, Code::ConditionNotMet},
    {Header::IfMatch, Test::ExistsAndListed, Code::ConditionNotMet},
    {Header::IfModifiedSince, Test::Changed, Code::ConditionNotMet, Pardon::Present, Header::IfNoneMatch},
    {Header::IfUnmodifiedSince, Test::Unchanged, Code::ConditionNotMet, Pardon::Present, Header::IfMatch},
    kAsTagged,
};
constexpr Rule kCreateRules[] = {
    {Header::IfNoneMatch, Test::Absent, Code::BlobAlreadyExists},
    kWriteRules[0],
    kWriteRules[1],
    kWriteRules[2],
    kWriteRules[3],
    kAsTagged,
};

constexpr Rule kNeedsLease{Header::None, Test::Unlocked, Code::LeaseIdMissing};
constexpr Rule kLeaseOfBlob[] = {
    kNeedsLease,
    {Header::Lease, Test::LeaseThere, Code::LeaseNotPresentWithBlobOperation},
    {Header::Lease, Test::LeaseNamed, Code::LeaseIdMismatchWithBlobOperation},
    {Header::Lease, Test::LeaseHeld, Code::LeaseLost},
};
constexpr Rule kLeaseOfContainer[] = {
    kNeedsLease,
    {Header::Lease, Test::LeaseThere, Code::LeaseNotPresentWithContainerOperation},
    {Header::Lease, Test::LeaseNamed, Code::LeaseIdMismatchWithContainerOperation},
    {Header::Lease, Test::LeaseHeld, Code::LeaseLost},
};

/// The combinations that a write may send, as bits in the order of Header.
constexpr unsigned bit(Header header) {
  return 1u << static_cast<unsigned>(header);
}
constexpr unsigned kWritableCombinations[] = {
    0,
    bit(Header::IfMatch),
    bit(Header::IfNoneMatch),
    bit(Header::IfModifiedSince),
    bit(Header::IfUnmodifiedSince),
    bit(Header::IfMatch) | bit(Header::IfUnmodifiedSince),
    bit(Header::IfNoneMatch) | bit(Header::IfModifiedSince),
};

class Judge {
 public:
  Judge(const Conditions& conditions, const std::optional<State>& state, Tags tags)
      : conditions_(conditions), state_(state), tags_(std::move(tags)) {}

  [[nodiscard]] unsigned headers() const {
    return (conditions_.if_match ? bit(Header::IfMatch) : 0) |
           (conditions_.if_none_match ? bit(Header::IfNoneMatch) : 0) |
           (conditions_.if_modified_since ? bit(Header::IfModifiedSince) : 0) |
           (conditions_.if_unmodified_since ? bit(Header::IfUnmodifiedSince) : 0);
  }

  [[nodiscard]] bool is_broken(const Rule& rule) const {
    if (!has(rule.header) || holds(rule.header, rule.test)) return false;
    switch (rule.pardon) {
      case Pardon::Never:
        return true;
      case Pardon::Present:
        return !has(rule.by);
      case Pardon::Holds:
        return !(has(rule.by) && holds(rule.by, rule.by_test));
    }
    return true;
  }

 private:
  [[nodiscard]] bool has(Header header) const {
    if (header == Header::None) return true;
    if (header == Header::Lease) return conditions_.lease.has_value();
    if (header == Header::Tags) return conditions_.if_tags.has_value();
    return (headers() & bit(header)) != 0;
  }

  /// Precondition: has(header).
  [[nodiscard]] bool holds(Header header, Test test) const {
    const auto& list = header == Header::IfMatch ? conditions_.if_match : conditions_.if_none_match;
    const auto& time =
        header == Header::IfModifiedSince ? conditions_.if_modified_since : conditions_.if_unmodified_since;
    switch (test) {
      case Test::NotAny:
        return !list->is_any();
      case Test::ExistsAndListed:
        return state_ && (list->is_any() || list->lists(state_->etag));
      case Test::NotListed:
        return !state_ || !list->lists(state_->etag);
      case Test::Absent:
        return !state_ || !list->is_any();
      case Test::Changed:
        return !state_ || to_the_second(state_->last_modified) > to_the_second(*time);
      case Test::Unchanged:
        return !state_ || to_the_second(state_->last_modified) <= to_the_second(*time);
      case Test::TagsMatch:
        return !state_ || conditions_.if_tags->matches(tags_);
      case Test::Unlocked:
        return !state_ || !is_locked(state_->lease_state) || conditions_.lease;
      case Test::LeaseThere:
        return !state_ || state_->lease_state != LeaseState::Available;
      case Test::LeaseNamed:
        return !state_ || state_->lease == *conditions_.lease;
      case Test::LeaseHeld:
        return !state_ || is_locked(state_->lease_state);
    }
    return false;
  }

  static std::chrono::sys_seconds to_the_second(Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(time);
  }

  const Conditions& conditions_;
  const std::optional<State>& state_;
  Tags tags_;  // read only when there is a condition on them
};

Result<Tags> tags_of(const Conditions& conditions, const std::optional<State>& state) {
  if (!conditions.if_tags || !state || !state->attributes) return Tags();
  return TRY(attribute<Tags>(*state->attributes)).value_or(Tags());
}

std::span<const Rule> rules_of(Precondition precondition) {
  switch (precondition) {
    case Precondition::OfRead:
      return kReadRules;
    case Precondition::OfWrite:
      return kWriteRules;
    case Precondition::OfCreate:
      return kCreateRules;
  }
  return kWriteRules;
}

std::span<const Rule> rules_of(LeaseUse use, Leased leased) {
  if (use == LeaseUse::Ignored) return {};
  const auto rules = std::span<const Rule>(leased == Leased::Blob ? kLeaseOfBlob : kLeaseOfContainer);
  return use == LeaseUse::Needed ? rules : rules.subspan(1);
}

bool may_be_sent_with_a_write(const Conditions& conditions, unsigned headers) {
  auto single = [](const std::optional<ETagList>& list) { return !list || list->size() <= 1; };
  return std::ranges::count(kWritableCombinations, headers) > 0 && single(conditions.if_match) &&
         single(conditions.if_none_match);
}

struct Sentence {
  Code code;
  std::string_view text;
};
constexpr Sentence kSentences[] = {
    {Code::NotModified, "It has not changed since."},
    {Code::ConditionNotMet,
     "The condition specified using HTTP conditional header(s) is not met. Read the current state and "
     "decide again."},
    {Code::UnsatisfiableCondition, "A read with 'If-None-Match: *' can never succeed; name an ETag."},
    {Code::BlobAlreadyExists, "The blob exists already and the request says not to overwrite it."},
    {Code::MultipleConditionHeadersNotSupported,
     "A write takes one ETag, and only If-Match with If-Unmodified-Since or If-None-Match with "
     "If-Modified-Since together."},
    {Code::LeaseIdMissing, "There is a lease, and the request names none; send x-ms-lease-id."},
    {Code::LeaseNotPresentWithBlobOperation, "The request names a lease, and the blob has none."},
    {Code::LeaseNotPresentWithContainerOperation, "The request names a lease, and the container has none."},
    {Code::LeaseIdMismatchWithBlobOperation, "The lease ID is not that of the blob's lease."},
    {Code::LeaseIdMismatchWithContainerOperation, "The lease ID is not that of the container's lease."},
    {Code::LeaseLost, "The lease that the request names has expired or was broken."},
};

std::string_view sentence(Code code) {
  const auto found = std::ranges::find(kSentences, code, &Sentence::code);
  return found == std::end(kSentences) ? name(code) : found->text;
}

}  // namespace

Result<ETagList> ETagList::parse(std::string_view text) {
  ETagList list;
  for (auto part : std::views::split(text, ',')) {
    std::string_view tag(part);
    auto first = tag.find_first_not_of(" \t");
    tag = first == std::string_view::npos ? "" : tag.substr(first, tag.find_last_not_of(" \t") - first + 1);
    if (tag.size() >= 2 && tag.starts_with('"') && tag.ends_with('"')) tag = tag.substr(1, tag.size() - 2);
    if (tag.empty())
      return fail(Code::InvalidHeaderValue,
                  "If-Match and If-None-Match take an ETag, several by commas, or *.");
    if (tag == "*")
      list.any_ = true;
    else
      list.tags_.emplace_back(tag);
  }
  if (!list.any_ && list.tags_.empty())
    return fail(Code::InvalidHeaderValue,
                "If-Match and If-None-Match may not be empty; leave the header out.");
  return list;
}

bool ETagList::lists(ETag etag) const {
  return std::ranges::count(tags_, etag.text()) > 0;
}

std::optional<Code> judge(const Conditions& conditions, Guarded operation,
                          const std::optional<State>& state) {
  auto tags = tags_of(conditions, state);
  if (!tags) return tags.error().code;
  const Judge judge(conditions, state, std::move(*tags));
  if (operation.precondition != Precondition::OfRead &&
      !may_be_sent_with_a_write(conditions, judge.headers()))
    return Code::MultipleConditionHeadersNotSupported;
  for (const auto& rules : {rules_of(operation.precondition), rules_of(operation.lease, operation.leased)})
    for (const auto& rule : rules)
      if (judge.is_broken(rule)) return rule.otherwise;
  return std::nullopt;
}

Result<void> check(const Conditions& conditions, Guarded operation, const std::optional<State>& state) {
  const auto broken = judge(conditions, operation, state);
  if (!broken) return {};
  return fail(*broken, std::string(sentence(*broken)));
}

}  // namespace vitrine::blobs
