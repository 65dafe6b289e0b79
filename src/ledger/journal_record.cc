#include "ledger/journal_record.h"

#include <algorithm>

#include "crypto/mac.h"

namespace vitrine::ledger {
namespace {

evidence::Salts fresh_salts() {
  auto random = crypto::random_array<sizeof(evidence::Salt) * evidence::kFacets>();
  evidence::Salts salts;
  for (std::size_t i = 0; i < salts.size(); ++i)
    std::copy_n(random.begin() + static_cast<std::ptrdiff_t>(i * sizeof(evidence::Salt)),
                sizeof(evidence::Salt), salts[i].bytes.begin());
  return salts;
}

}  // namespace

store::JournalRecord journal_record(std::uint32_t slot, const evidence::JournalId& journal,
                                    const evidence::RecordContents& contents) {
  auto record = evidence::make_record(journal, contents, fresh_salts());
  return {slot, evidence::leaf(record), std::string(as_text(evidence::encode_record(record)))};
}

}  // namespace vitrine::ledger
