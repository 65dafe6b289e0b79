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

TEST(StatedGaps, WhatWasDroppedMustBeStatedByARecord) {
  struct Row {
    const char* why;
    RecordContents statement;
    bool verifies;
  };
  for (const auto& [why, said, verifies] : {
           Row{"all of it", sample_statement(kExpireAction, "0-255", ""), true},
           Row{"more than it", sample_statement(kExpireAction, "0-511", ""), true},
           Row{"not the last", sample_statement(kExpireAction, "0-254", ""), false},
           Row{"not from the first", sample_statement(kExpireAction, "1-255", ""), false},
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

TEST(StatedGaps, FacetsClosedWithoutARecordOfItAreCounted) {
  struct Row {
    const char* why;
    std::string records, facets, who, what;
  };
  for (const auto& row :
       {Row{"stated", "1-3", "who,what", "", ""}, Row{"one facet", "1-3", "what", "2", ""},
        Row{"one record", "2", "who,what", "1", "1"}, Row{"refused", "1-3", "", "2", "2"}}) {
    Sample sample;
    for (const std::uint64_t index : {2, 3}) {
      close(FacetKind::Who, sample.log.record_of(kSlot, index));
      close(FacetKind::What, sample.log.record_of(kSlot, index));
    }
    sample.log.record(kSlot, sample_statement(kEraseAction, row.records, row.facets));
    sample.log.seal();
    sample.files = sample.log.journal(kSlot);
    const auto verification = sample.verify();
    ASSERT_TRUE(verification.verified()) << row.why;
    EXPECT_EQ(fact(verification, "facet 'who' closed in"), "2");
    EXPECT_EQ(fact(verification, "facet 'who' closed without a record of it in"), row.who) << row.why;
    EXPECT_EQ(fact(verification, "facet 'what' closed without a record of it in"), row.what) << row.why;
  }
}

}  // namespace
}  // namespace vitrine::evidence
