#include "store/holders_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>

#include "base/encoding.h"
#include "crypto/digest.h"
#include "store/database.h"
#include "store/encoding.h"

namespace vitrine::store {
namespace {

constexpr std::string_view kHoldersPrefix = "holders/";
/// Bodies fall into so many groups, each with a sum of its own.
constexpr std::size_t kGroups = std::size_t{1} << 16;
/// Of the groups whose sums differ so many bodies are looked at one by one.
constexpr std::uint64_t kMostTallied = std::uint64_t{1} << 18;
constexpr std::uint64_t kPaidAtOnce = 1 << 20;
/// Rows between two questions whether to go on.
constexpr std::uint64_t kRowsAtOnce = 10'000;

/// A body under the key of its counter.
struct Weighed {
  std::size_t group = 0;
  std::uint64_t weight = 0;
};

/// Weights are as good as random, so sums of different holders do not agree by chance.
Weighed weigh(std::string_view body) {
  const auto digest = crypto::sha256(as_bytes(body));
  return {read_be64(digest) % kGroups, read_be64(ConstBytes(digest).subspan(sizeof(std::uint64_t)))};
}

struct Group {
  std::uint64_t difference = 0;  ///< weights of holders minus those of what is counted
  std::uint64_t bodies = 0;
};

struct Tally {
  std::int64_t held = 0;     ///< by rows
  std::int64_t counted = 0;  ///< beyond the first
  bool exists = false;
  std::optional<keys::Owner> owner{};
};

enum Moment : std::size_t { kState, kHeads, kRows, kBodies, kSegments, kCounters };
constexpr std::array kFamiliesRead{Family::State,  Family::Heads,    Family::Rows,
                                   Family::Bodies, Family::Segments, Family::Counters};

class Check {
 public:
  Check(std::vector<std::unique_ptr<Cursor>> moment, HolderRows& holders, const CheckPlace& place,
        CheckGuide& guide)
      : moment_(std::move(moment)), holders_(holders), place_(place), guide_(guide) {}

  /// Errors: Cancelled when the guide ends it; those of the database.
  Result<void> run(CheckReport& report) {
    TRY(walk(kState, [&](const Cursor& row) {
      if (const auto value = read_versioned(as_bytes(row.value())))
        holders_.take_fact({row.key(), value->version, value->value});
    }));
    // Secrets are erased from this family's files: it is held no longer than it is read.
    moment_[kState].reset();
    TRY(each_body([&](const std::string& body, std::int64_t holders, const Tally& found) {
      if (found.exists && !all_read(body, found)) return;  // nobody can tell its holders
      const auto [group, weight] = weigh(body);
      groups_[group].difference += weight * static_cast<std::uint64_t>(holders);
      groups_[group].bodies += found.exists ? 1 : 0;
    }));
    if (choose() == 0) return {};
    TRY(each_body([&](const std::string& body, std::int64_t, const Tally& found) {
      if (chosen_[weigh(body).group]) add(tallies_[body], found);
    }));
    tell(report);
    return {};
  }

  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  template <class Look>
  Result<void> walk(Moment family, const Look& look, std::string_view prefix = {}) {
    auto& rows = *moment_[family];
    std::uint64_t count = 0;
    for (rows.seek(prefix); rows.valid() && rows.key().starts_with(prefix); rows.next()) {
      bytes_read_ += rows.key().size() + rows.value().size();
      look(rows);
      if (++count % kRowsAtOnce == 0 && !guide_.go_on(0, place_))
        return fail(Code::Cancelled, "The check was ended.");
    }
    TRY(rows.status());
    rows.rest();
    return {};
  }

  /// Calls `look` with what each row says of a body: its counter's key, how many more holders that is than
  /// what is counted, and the same as a tally.
  template <class Look>
  Result<void> each_body(const Look& look) {
    std::vector<BodyRef> held;
    for (const auto& [family, table] : {std::pair{kHeads, Table::Heads}, std::pair{kRows, Table::Rows}})
      TRY(walk(family, [&](const Cursor& row) {
        const auto value = read_versioned(as_bytes(row.value()));
        if (!value) return;
        held.clear();
        holders_.add_bodies(table, {row.key(), value->version, value->value}, held);
        for (const auto& body : held) look(holders_key(body), 1, Tally{.held = 1});
      }));
    TRY(walk(kBodies, [&](const Cursor& row) {
      look(holders_key(std::string(row.key())), -1, Tally{.exists = true});
    }));
    TRY(walk(kSegments, [&](const Cursor& row) {
      SegmentId id{};
      if (row.key().size() != id.size()) return;
      std::ranges::copy(as_bytes(row.key()), id.begin());
      Tally found{.exists = true};
      if (const auto read = read_segment_row(as_bytes(row.value()))) found.owner = read->owner;
      look(holders_key(id), -1, found);
    }));
    return walk(
        kCounters,
        [&](const Cursor& row) {
          const auto sum = read_integer(as_bytes(row.value()));
          if (!sum) return;
          const auto more = static_cast<std::int64_t>(*sum);
          look(std::string(row.key()), static_cast<std::int64_t>(0 - *sum), Tally{.counted = more});
        },
        kHoldersPrefix);
  }

  /// The groups whose bodies are tallied.
  std::size_t choose() {
    std::uint64_t bodies = 0;
    std::size_t chosen = 0;
    for (std::size_t i = 0; i < kGroups; ++i) {
      if (groups_[i].difference == 0) continue;
      bodies += groups_[i].bodies;
      if (chosen > 0 && bodies > kMostTallied)
        ++left_;
      else
        chosen_[i] = true, ++chosen;
    }
    return chosen;
  }

  static void add(Tally& tally, const Tally& found) {
    tally.held += found.held;
    tally.counted += found.counted;
    tally.exists |= found.exists;
    if (found.owner) tally.owner = found.owner;
  }

  [[nodiscard]] bool is_wrong(std::string_view body, const Tally& tally) const {
    if (!tally.exists) return tally.held == 0 && tally.counted != 0;
    const auto counted = tally.counted + 1;
    if (tally.held == counted) return false;
    return tally.held > counted || all_read(body, tally);
  }

  [[nodiscard]] bool all_read(std::string_view body, const Tally& tally) const {
    return holders_.all_read(body_of(body), tally.owner ? &*tally.owner : nullptr);
  }

  static BodyRef body_of(std::string_view counter) {
    const auto name = counter.substr(kHoldersPrefix.size());
    SegmentId id{};
    if (!name.starts_with('s') || name.size() != 1 + id.size()) return std::string(name.substr(1));
    std::ranges::copy(as_bytes(name.substr(1)), id.begin());
    return id;
  }

  static std::string name(std::string_view counter) {
    const auto body = counter.substr(kHoldersPrefix.size());
    return fmt::format("holders of {} {}", body.starts_with('s') ? "segment" : "body",
                       to_hex(as_bytes(body.substr(1))));
  }

  void tell(CheckReport& report) const {
    for (const auto& [body, tally] : tallies_) {
      if (body.size() <= kHoldersPrefix.size() || !is_wrong(body, tally)) continue;
      report.add(name(body), tally.exists
                                 ? fmt::format("{} hold it, {} are counted", tally.held, tally.counted + 1)
                                 : fmt::format("it is not there, and {} more are counted", tally.counted));
    }
    if (left_ > 0)
      report.add("holders of bodies", fmt::format("they differ from what is counted in {} more groups of "
                                                  "bodies, which were not looked at one by one",
                                                  left_));
  }

  std::vector<std::unique_ptr<Cursor>> moment_;
  HolderRows& holders_;
  const CheckPlace& place_;
  CheckGuide& guide_;
  std::vector<Group> groups_ = std::vector<Group>(kGroups);
  std::vector<bool> chosen_ = std::vector<bool>(kGroups);
  std::size_t left_ = 0;
  std::map<std::string, Tally> tallies_;
  std::uint64_t bytes_read_ = 0;
};

}  // namespace

bool check_holders(const Database& database, HolderRows& holders, const CheckPlace& place,
                   const CheckPlace& behind, CheckGuide& guide, CheckReport& report) {
  const auto failed = [&](const Error& error) {
    const bool ended = error.code == Code::Cancelled || error.code == Code::Unavailable;
    if (!ended) report.add("the holders of bodies", error.message);
    return !ended;
  };
  auto moment = database.cursors(kFamiliesRead);
  if (!moment) return failed(moment.error());
  std::uint64_t bytes = 0;
  {
    Check check(std::move(*moment), holders, place, guide);
    const auto looked = check.run(report);
    bytes = check.bytes_read();
    if (!looked && !failed(looked.error())) return false;
  }
  report.bytes += bytes;
  // What was read in one go is paid for bit by bit, so that the guide can end it.
  for (; bytes > kPaidAtOnce; bytes -= kPaidAtOnce)
    if (!guide.go_on(kPaidAtOnce, behind)) return false;
  return guide.go_on(bytes, behind);
}

}  // namespace vitrine::store
