// No exported journal verifies but the one that the log stands behind; every other is refused in peace. The
// input replaces a part of one of its files, so that all checks are reached.
#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>

#include "evidence/journal_verifier.h"
#include "evidence/sample_log.h"
#include "evidence/shown_records.h"

namespace {

std::string without_spaces(std::string text) {
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; });
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  static auto log = evidence::sample_log();
  static const auto good = log.journal(1);

  if (auto record = evidence::decode_shown({data, size}))
    if (as_text(evidence::encode_shown(*record)) != as_text({data, size})) std::abort();
  if (size < 4) return 0;
  auto files = good;
  auto& file = std::next(files.begin(), data[0] % static_cast<int>(files.size()))->second;
  const auto start = (std::size_t{data[1]} << 8 | data[2]) % file.size();
  const auto length = std::min<std::size_t>(data[3], file.size() - start);
  const auto before = file;
  file.erase(file.begin() + static_cast<std::ptrdiff_t>(start),
             file.begin() + static_cast<std::ptrdiff_t>(start + length));
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(start), data + 4, data + size);
  const auto read = [&](const std::string& path) -> Result<Bytes> {
    const auto found = files.find(path);
    if (found == files.end()) return fail(Code::ResourceNotFound, "There is none.");
    return found->second;
  };
  const auto same =
      without_spaces(std::string(as_text(file))) == without_spaces(std::string(as_text(before)));
  if (evidence::verify_journal(read, log.key()).verified() && !same) std::abort();
  constexpr std::uint64_t kRecords = 7;
  std::uint64_t seen = 0;
  const evidence::RecordVisitor visit{
      .record =
          [&](std::uint64_t index, const evidence::ShownRecord& record) {
            evidence::record_in_words(index, record);
            evidence::record_fields(index, record);
            ++seen;
          },
      .dropped = [&](const evidence::RecordRange& range) { seen += range.last - range.first + 1; }};
  if (evidence::visit_records(read, kRecords, {0, kRecords - 1}, visit) && seen != kRecords) std::abort();
  return 0;
}
