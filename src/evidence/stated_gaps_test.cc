// Records that are gone, and facets that are closed, are held against what the journal says of them.
#include "evidence/stated_gaps.h"

#include <gtest/gtest.h>

#include "evidence/dishonest_operator.h"
#include "evidence/journal_verifier.h"
#include "evidence/sample_log.h"
#include "evidence/verify_report.h"

namespace vitrine::evidence {
namespace {

constexpr std::size_t kSlot = 1;

struct Sample {
  DishonestOperator log{sample_log()};
  SampleLog::Files files = log.journal(kSlot);

  [[nodiscard]] Verification verify() const {
    const auto read = [this](const std::string& path) -> Result<Bytes> {
      const auto file = files.find(path);
      if (file == files.end()) return fail(Code::ResourceNotFound, "There is no " + path + ".");
      return file->second;
    };
    return verify_journal(read, log.key());
  }
};

std::string failed_check(const Verification& verification) {
  return verification.failure() ? verification.failure()->name : "";
}

std::string fact(const Verification& verification, std::string_view name) {
  for (const auto& fact : verification.facts())
    if (fact.name == name) return fact.value;
  return "";
}

RecordContents denied(RecordContents contents) {
  contents.why.decision = Decision::Denied;
  return contents;
}

RecordContents by(const char* principal, RecordContents contents) {
  contents.who.principal = principal;
  return contents;
}

TEST(StatedGaps, WhatWasDroppedMustBeStatedByARecord) {
  struct Row {
    const char* why;
    RecordContents statement;
    bool verifies;
  };
  const auto all = sample_statement(kExpireAction, "0-255", "");
  for (const auto& [why, said, verifies] : {
           Row{"all of it", all, true},
           Row{"more than is there", sample_statement(kExpireAction, "0-511", ""), false},
           Row{"all there will be", sample_statement(kExpireAction, "0-999999999999999999", ""), false},
           Row{"not the last", sample_statement(kExpireAction, "0-254", ""), false},
           Row{"no whole bundles", sample_statement(kExpireAction, "0-259", ""), false},
           Row{"not from the first", sample_statement(kExpireAction, "1-255", ""), false},
           Row{"denied", denied(all), false},
           Row{"by somebody else", by("account:sample/key1", all), false},
           Row{"another act", sample_statement("journal.show", "0-255", ""), false},
           Row{"an erasure", sample_statement(kEraseAction, "0-255", "who"), false},
           Row{"no ranges", sample_statement(kExpireAction, "all", ""), false},
       }) {
    Sample sample;
    for (std::uint64_t n = 7; n < 300; ++n) sample.log.record(kSlot, sample_contents(n));
    sample.log.record(kSlot, said);
    sample.log.seal();
    sample.files = sample.log.journal(kSlot);
    ASSERT_TRUE(sample.verify().verified()) << why;
    sample.files.erase("tile/entries/000");
    const auto verification = sample.verify();
    EXPECT_EQ(verification.verified(), verifies) << why << report_as_text(verification);
    if (verifies) EXPECT_EQ(fact(verification, "records dropped, as a record says"), "256");
    if (!verifies) EXPECT_EQ(failed_check(verification), "records") << why;
  }
}

TEST(StatedGaps, AStatementFromBeforeTheGapExcusesNothing) {
  Sample sample;
  sample.log.record(kSlot, sample_statement(kExpireAction, "0-255", ""));
  for (std::uint64_t n = 8; n < 300; ++n) sample.log.record(kSlot, sample_contents(n));
  sample.log.seal();
  sample.files = sample.log.journal(kSlot);
  sample.files.erase("tile/entries/000");
  EXPECT_EQ(failed_check(sample.verify()), "records");
}

TEST(StatedGaps, FacetsClosedWithoutARecordOfItAreCounted) {
  struct Row {
    const char* why;
    RecordContents statement;
    std::string who, what;
  };
  Sample named;
  const auto journal = named.log.head(kSlot).journal;
  constexpr ErasedFacets kBoth{.who = true, .what = true};
  const auto order = [&](RecordRanges records, ErasedFacets facets) {
    return ErasureOrder{journal, std::move(records), facets, "law"};
  };
  const auto stated = sample_erasure(order({{1, 3}}, kBoth));
  const auto changed = [&](auto change) {
    auto contents = stated;
    change(contents);
    return contents;
  };
  auto elsewhere = order({{1, 3}}, kBoth);
  elsewhere.journal = {};
  for (const auto& row : {
           Row{"stated", stated, "", ""},
           Row{"one facet", sample_erasure(order({{1, 3}}, {.what = true})), "2", ""},
           Row{"one record", sample_erasure(order({{2, 2}}, kBoth)), "1", "1"},
           Row{"names itself", sample_erasure(order({{1, 7}}, kBoth)), "2", "2"},
           Row{"names what comes", sample_erasure(order({{1, 3}, {100, 200}}, kBoth)), "2", "2"},
           Row{"another journal's order", sample_erasure(elsewhere), "2", "2"},
           Row{"denied", denied(stated), "2", "2"},
           Row{"without an order", changed([](auto& said) { said.what.content_root.reset(); }), "2", "2"},
           Row{"more than was ordered", changed([](auto& said) { said.what.blob = "0-3"; }), "2", "2"},
           Row{"another ground", changed([](auto& said) { said.why.basis = "none"; }), "2", "2"},
           Row{"no facets", changed([](auto& said) { said.what.version.clear(); }), "2", "2"},
       }) {
    Sample sample;
    for (const std::uint64_t index : {2, 3}) {
      close(FacetKind::Who, sample.log.record_of(kSlot, index));
      close(FacetKind::What, sample.log.record_of(kSlot, index));
    }
    sample.log.record(kSlot, row.statement);
    sample.log.seal();
    sample.files = sample.log.journal(kSlot);
    const auto verification = sample.verify();
    ASSERT_TRUE(verification.verified()) << row.why;
    EXPECT_EQ(fact(verification, "facet 'who' closed in"), "2");
    EXPECT_EQ(fact(verification, "facet 'who' closed without a record of it in"), row.who) << row.why;
    EXPECT_EQ(fact(verification, "facet 'what' closed without a record of it in"), row.what) << row.why;
  }
}

/// Follows records of one journal that are made on the way.
class Followed {
 public:
  void record(const RecordContents& contents, bool is_closed = false) {
    auto made = shown(make_record(journal_, contents, {}));
    if (is_closed) close(FacetKind::Who, made);
    gaps_.follow(made, next_++);
  }
  void erase(RecordRanges records) {
    record(sample_erasure({journal_, std::move(records), {.who = true}, "law"}));
  }
  void miss() { gaps_.follow_missing(next_++); }
  [[nodiscard]] std::uint64_t next() const { return next_; }
  [[nodiscard]] const StatedGaps& gaps() const { return gaps_; }

 private:
  JournalId journal_{{1}};
  std::uint64_t next_ = 0;
  StatedGaps gaps_;
};

TEST(StatedGaps, AnErasureIsOfAtMostTenThousandRecordsAndOfNoStatement) {
  Followed journal;
  const auto some = sample_contents(0);
  while (journal.next() <= kMostErased) journal.record(some);
  journal.erase({{0, kMostErased}});
  EXPECT_TRUE(journal.gaps().erasures().empty()) << "one too many";
  journal.erase({{1, kMostErased}});
  ASSERT_EQ(journal.gaps().erasures().size(), 1u);
  EXPECT_EQ(journal.gaps().erasures().front().records, kMostErased);
  journal.erase({{kMostErased, kMostErased + 1}});
  EXPECT_EQ(journal.gaps().erasures().size(), 1u) << "it names the record of an erasure";
}

TEST(StatedGaps, NeedsNoMoreMemoryForMoreGaps) {
  IndexList list;
  const auto most = IndexList::kMostRanges;
  for (std::uint64_t n = 0; n < most + 1000; ++n) list.add(2 * n);
  EXPECT_EQ(list.kept().size(), most);
  EXPECT_EQ(list.count(), most + 1000);

  Followed journal;
  const auto some = sample_contents(0);
  journal.record(some, true);
  for (std::uint64_t n = 0; n < most + 10; ++n) {
    journal.miss();
    journal.record(some, n % 2 == 0);
  }
  journal.erase({{0, 0}});
  const auto missing = journal.gaps().missing_unstated();
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->count, most + 10) << "those that are not kept are counted all the same";
  EXPECT_EQ(journal.gaps().closed(FacetKind::Who), 1 + (most + 10) / 2);
  EXPECT_EQ(journal.gaps().closed_unstated(FacetKind::Who), (most + 10) / 2);
}

}  // namespace
}  // namespace vitrine::evidence
