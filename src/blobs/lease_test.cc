#include "blobs/lease.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace vitrine::blobs {
namespace {

using namespace std::chrono_literals;
using enum LeaseState;

const Timestamp kNow = from_micros(1'700'000'000'000'000);
const auto kA = *LeaseId::parse("1f812371-a41d-49e6-b123-f4b542e851c5");
const auto kB = *LeaseId::parse("2f812371-a41d-49e6-b123-f4b542e851c5");
const auto kC = *LeaseId::parse("3f812371-a41d-49e6-b123-f4b542e851c5");

/// What was there: a lease A in this state; with '8' leased without end.
std::optional<Lease> in(char state) {
  switch (state) {
    case 'a':
      return std::nullopt;
    case 'l':
      return Lease{kA, 60s, kNow - 20s, {}};
    case '8':
      return Lease{kA, {}, kNow - 20s, {}};
    case 'g':
      return Lease{kA, {}, kNow - 20s, kNow + 10s};
    case 'b':
      return Lease{kA, {}, kNow - 20s, kNow - 10s};
    default:
      return Lease{kA, 15s, kNow - 20s, {}};
  }
}

LeaseState state(char letter) {
  return letter == 'a'   ? Available
         : letter == 'g' ? Breaking
         : letter == 'b' ? Broken
         : letter == 'x' ? Expired
                         : Leased;
}

TEST(Lease, StatesComeWithTime) {
  for (char letter : {'a', 'l', '8', 'g', 'b', 'x'})
    EXPECT_EQ(state_of(in(letter), kNow), state(letter)) << letter;
  EXPECT_EQ(state_of(in('l'), kNow + 39s), Leased);
  EXPECT_EQ(state_of(in('l'), kNow + 40s), Expired);
  EXPECT_EQ(state_of(in('g'), kNow + 10s), Broken);
  EXPECT_EQ(state_of(in('8'), kNow + std::chrono::years(10)), Leased);
}

constexpr auto kGone = Code::LeaseNotPresentWithLeaseOperation,
               kOther = Code::LeaseIdMismatchWithLeaseOperation, kTaken = Code::LeaseAlreadyPresent,
               kBreaks = Code::LeaseIsBreakingAndCannotBeAcquired,
               kFixed = Code::LeaseIsBreakingAndCannotBeChanged,
               kOver = Code::LeaseIsBrokenAndCannotBeRenewed;

// The outcomes as they are documented: of an act on each state, the state that follows or the error.
struct Row {
  const char* name;
  LeaseAct act;
  char from;
  std::variant<LeaseState, Code> outcome;
};
const AcquireLease kAcquireA{30s, kA}, kAcquireB{30s, kB};
const Row kRows[] = {
    {"acquire A", kAcquireA, 'a', Leased},
    {"acquire A", kAcquireA, 'l', Leased},
    {"acquire A", kAcquireA, 'g', kBreaks},
    {"acquire A", kAcquireA, 'b', Leased},
    {"acquire A", kAcquireA, 'x', Leased},
    {"acquire B", kAcquireB, 'a', Leased},
    {"acquire B", kAcquireB, 'l', kTaken},
    {"acquire B", kAcquireB, 'g', kTaken},
    {"acquire B", kAcquireB, 'b', Leased},
    {"acquire B", kAcquireB, 'x', Leased},
    {"break now", BreakLease{0s}, 'a', kGone},
    {"break now", BreakLease{0s}, 'l', Broken},
    {"break now", BreakLease{0s}, 'g', Broken},
    {"break now", BreakLease{0s}, 'b', Broken},
    {"break now", BreakLease{0s}, 'x', Broken},
    {"break later", BreakLease{5s}, 'l', Breaking},
    {"break later", BreakLease{5s}, 'g', Breaking},
    {"break later", BreakLease{5s}, 'b', Broken},
    {"break later", BreakLease{5s}, 'x', Broken},
    {"break", BreakLease{}, 'l', Breaking},
    {"break", BreakLease{}, '8', Broken},
    {"break", BreakLease{}, 'g', Breaking},
    {"change A", ChangeLease{kA, kB}, 'a', kGone},
    {"change A", ChangeLease{kA, kB}, 'l', Leased},
    {"change A", ChangeLease{kA, kB}, 'g', kFixed},
    {"change A", ChangeLease{kA, kB}, 'b', kGone},
    {"change A", ChangeLease{kA, kB}, 'x', kGone},
    {"change B to A", ChangeLease{kB, kA}, 'l', Leased},
    {"change B", ChangeLease{kB, kC}, 'l', kOther},
    {"change B", ChangeLease{kB, kC}, 'g', kOther},
    {"renew A", RenewLease{kA}, 'a', kGone},
    {"renew A", RenewLease{kA}, 'l', Leased},
    {"renew A", RenewLease{kA}, 'g', kOver},
    {"renew A", RenewLease{kA}, 'b', kOver},
    {"renew A", RenewLease{kA}, 'x', Leased},
    {"renew B", RenewLease{kB}, 'l', kOther},
    {"renew B", RenewLease{kB}, 'x', kOther},
    {"release A", ReleaseLease{kA}, 'a', kGone},
    {"release A", ReleaseLease{kA}, 'l', Available},
    {"release A", ReleaseLease{kA}, 'g', Available},
    {"release A", ReleaseLease{kA}, 'b', Available},
    {"release A", ReleaseLease{kA}, 'x', Available},
    {"release B", ReleaseLease{kB}, 'l', kOther},
    {"release B", ReleaseLease{kB}, 'b', kOther},
};

TEST(Lease, OutcomesAreThoseOfTheDocumentation) {
  for (const auto& row : kRows) {
    auto lease = in(row.from);
    const auto before = lease;
    const auto done = perform(row.act, lease, kNow);
    if (const auto* code = std::get_if<Code>(&row.outcome)) {
      ASSERT_FALSE(done) << row.name << ' ' << row.from;
      EXPECT_EQ(done.error().code, *code) << row.name << ' ' << row.from;
      EXPECT_EQ(lease, before) << "an error changes nothing";
    } else {
      ASSERT_TRUE(done) << row.name << ' ' << row.from;
      EXPECT_EQ(state_of(lease, kNow), std::get<LeaseState>(row.outcome)) << row.name << ' ' << row.from;
    }
  }
}

TEST(Lease, ABreakNeverMakesItLonger) {
  auto lease = in('l');  // runs for 40 more seconds
  EXPECT_EQ(*break_lease(lease, kNow, 60s), 40s);
  EXPECT_EQ(*break_lease(lease, kNow + 1s, {}), 39s);
  EXPECT_EQ(*break_lease(lease, kNow + 1s, 5s), 5s);
  EXPECT_EQ(*break_lease(lease, kNow + 2s, 30s), 4s);
  EXPECT_EQ(*break_lease(lease, kNow + 9s, {}), 0s);
  lease = in('8');
  EXPECT_EQ(*break_lease(lease, kNow, 7s), 7s);
}

TEST(Lease, ChangeRenewAndAcquireTakeEffect) {
  auto lease = in('l');
  ASSERT_TRUE(change(lease, kNow, kA, kB));
  EXPECT_EQ(lease->id, kB);
  ASSERT_TRUE(renew(lease, kNow, kB));
  EXPECT_EQ(state_of(lease, kNow + 59s), Leased);
  ASSERT_TRUE(acquire(lease, kNow, 15s, kB));
  EXPECT_EQ(state_of(lease, kNow + 15s), Expired);
  ASSERT_TRUE(acquire(lease, kNow, {}, kB));
  EXPECT_EQ(state_of(lease, kNow + 24h), Leased);
}

TEST(Lease, AChangeForgetsOneThatIsOver) {
  for (char letter : {'l', '8', 'g'}) {
    auto lease = in(letter);
    after_change(lease, kNow);
    EXPECT_EQ(lease, in(letter));
  }
  for (char letter : {'b', 'x'}) {
    auto lease = in(letter);
    after_change(lease, kNow);
    EXPECT_FALSE(lease);
  }
}

TEST(LeaseId, Spellings) {
  const std::string plain = "1f812371-a41d-49e6-b123-f4b542e851c5";
  EXPECT_EQ(kA.text(), plain);
  for (auto text : {"1F812371-A41D-49E6-B123-F4B542E851C5", "{1f812371-a41d-49e6-b123-f4b542e851c5}",
                    "(1f812371-a41d-49e6-b123-f4b542e851c5)", "1f812371a41d49e6b123f4b542e851c5"})
    EXPECT_EQ(LeaseId::parse(text)->text(), plain) << text;
  for (auto text :
       {"", "1", "{}", "1f812371-a41d-49e6-b123-f4b542e851c", "1f812371-a41d-49e6-b123-f4b542e851cg",
        "1f812371-a41d-49e6-b123f-4b542e851c5", "{1f812371-a41d-49e6-b123-f4b542e851c5)",
        "{1f812371a41d49e6b123f4b542e851c5}", "1f8123-71a41d-49e6-b123-f4b542e851c5"})
    EXPECT_EQ(LeaseId::parse(text).error().code, Code::InvalidHeaderValue) << text;
  EXPECT_NE(LeaseId::random(), LeaseId::random());
  EXPECT_EQ(LeaseId::random().text()[14], '4');
}

TEST(Lease, IsKeptAsDocumented) {
  // The golden bytes were made from docs/formats/heads.md.
  const Lease fixed{kA, 60s, from_micros(1), {}}, broken{kA, {}, from_micros(1), from_micros(2)};
  EXPECT_EQ(to_hex(fixed.encode()), "84501f812371a41d49e6b123f4b542e851c5183c01f6");
  EXPECT_EQ(to_hex(broken.encode()), "84501f812371a41d49e6b123f4b542e851c5f60102");
  for (const auto& lease : {fixed, broken}) EXPECT_EQ(*Lease::decode(lease.encode()), lease);
  auto bytes = fixed.encode();
  bytes.push_back(0);
  EXPECT_EQ(Lease::decode(bytes).error().code, Code::Corrupt);
  for (std::size_t size = 0; size + 1 < bytes.size(); ++size)
    EXPECT_EQ(Lease::decode(ConstBytes(bytes).first(size)).error().code, Code::Corrupt) << size;
}

}  // namespace
}  // namespace vitrine::blobs
