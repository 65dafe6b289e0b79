#include "app/show_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>

#include "app/evidence_source.h"
#include "app/exit.h"
#include "base/counted.h"
#include "evidence/journal_export.h"
#include "evidence/shown_records.h"

namespace vitrine::app {
namespace {

namespace json = boost::json;
using evidence::RecordRange;

struct Asked {
  std::string folder;
  std::uint64_t from = 0;
  std::optional<std::uint64_t> to;
  bool json = false;
};

evidence::RecordVisitor printer(bool as_json) {
  if (as_json)
    return {.record =
                [](std::uint64_t index, const evidence::ShownRecord& record) {
                  fmt::print("{}\n", json::serialize(evidence::record_fields(index, record)));
                },
            .dropped =
                [](const RecordRange& range) {
                  fmt::print("{}\n", json::serialize(json::object{
                                         {"dropped", {{"first", range.first}, {"last", range.last}}}}));
                }};
  return {.record =
              [](std::uint64_t index, const evidence::ShownRecord& record) {
                fmt::print("{}", evidence::record_in_words(index, record));
              },
          .dropped =
              [](const RecordRange& range) {
                fmt::print("{:>8}  to {}: dropped, only their hashes are there\n", range.first, range.last);
              }};
}

/// What to print, or nothing of an empty journal. Errors: InvalidInput.
Result<std::optional<RecordRange>> range_of(const Asked& asked, std::uint64_t size) {
  if (size == 0 && asked.from == 0 && !asked.to) return std::nullopt;
  const RecordRange range{asked.from, asked.to.value_or(size > 0 ? size - 1 : 0)};
  if (range.first >= size || range.last >= size)
    return fail(Code::InvalidInput,
                fmt::format("{} holds {}, counted from 0: there is no record {}.", asked.folder,
                            counted(size, "record"), range.first >= size ? range.first : range.last));
  if (range.first > range.last)
    return fail(Code::InvalidInput, fmt::format("--from {} lies behind --to {}.", range.first, range.last));
  return range;
}

Result<void> show(const Asked& asked) {
  const auto read = TRY(open_journal_files(asked.folder));
  const auto document = TRY(read(evidence::kJournalHeadFile));
  const auto sealed = TRY(evidence::read_journal_head(as_text(document)));
  const auto range = TRY(range_of(asked, sealed.head.size));
  // Lines of JSON stay alone on standard output.
  fmt::print(asked.json ? stderr : stdout,
             "This is what the files in {0} say; nothing was verified. `vitrine verify journal {0} --log-key "
             "KEY` does that.\n",
             asked.folder);
  if (!range) return {};
  return evidence::visit_records(read, sealed.head.size, *range, printer(asked.json));
}

}  // namespace

void add_show_command(CLI::App& app, int& status) {
  auto* showing = app.add_subcommand("show", "Print evidence for people to read; verifies nothing");
  showing->require_subcommand(1);
  showing->footer(
      "Exit status: 0 done, 1 a file cannot be read, 2 the command is wrong.\n\n"
      "Examples:\n"
      "  vitrine show journal journals/cityarchive --from 1000\n"
      "  vitrine show journal journals/cityarchive --json | jq 'select(.why.decision == \"denied\")'\n");
  auto asked = std::make_shared<Asked>();
  auto* journal = showing->add_subcommand("journal", "The records of an exported journal, in order");
  journal->add_option("DIR", asked->folder, "the folder that `vitrine export journal` made")->required();
  journal->add_option("--from", asked->from, "the index of the first record; the journal's first is 0");
  journal->add_option("--to", asked->to, "the index of the last record; without it, the journal's last");
  journal->add_flag("--json", asked->json,
                    "a line of JSON for each record, with all fields; a closed facet is null");
  journal->callback([asked, &status] { status = report(show(*asked)); });
}

}  // namespace vitrine::app
