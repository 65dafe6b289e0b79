// What tests of exported journals share.
#pragma once

#include <string>
#include <string_view>

#include "evidence/dishonest_operator.h"
#include "evidence/journal_verifier.h"

namespace vitrine::evidence {

using Files = SampleLog::Files;

inline constexpr std::size_t kSlot = 1;

inline ReadJournalFile reader(const Files& files) {
  return [&files](const std::string& path) -> Result<Bytes> {
    auto file = files.find(path);
    if (file == files.end()) return fail(Code::ResourceNotFound, "There is no " + path + ".");
    return file->second;
  };
}

inline std::string failed_check(const Verification& verification) {
  return verification.failure() ? verification.failure()->name : "";
}

inline std::string fact(const Verification& verification, std::string_view name) {
  for (const auto& fact : verification.facts())
    if (fact.name == name) return fact.value;
  return "";
}
// What an operator who holds the log's key may try, and which check shows it to whoever kept something.
struct Attack {
  const char* name;
  void (*act)(DishonestOperator&);
  const char* by_head;
  const char* by_receipt;
};
inline const Attack kAttacks[] = {
    {"rewrites a record",
     [](DishonestOperator& log) {
       auto contents = sample_contents(3);
       contents.what.action = "blob.get-properties";
       log.rewrite(kSlot, 3, contents);
     },
     "history", "receipts' records"},
    {"drops the last records", [](DishonestOperator& log) { log.drop_last_records(kSlot, 4); },
     "earlier head", "receipts"},
    {"drops records and makes up others",
     [](DishonestOperator& log) {
       log.drop_last_records(kSlot, 4);
       for (std::uint64_t n = 20; n < 30; ++n) log.record(kSlot, sample_contents(n));
     },
     "history", "receipts' records"},
    {"begins a second journal", [](DishonestOperator& log) { log.begin_second_journal(kSlot); },
     "earlier head", "receipts"},
};

}  // namespace vitrine::evidence
