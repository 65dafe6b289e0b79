#include "app/close_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "app/exit.h"
#include "app/kept_documents.h"
#include "base/file.h"
#include "evidence/closed_receipt.h"

namespace vitrine::app {
namespace {

using evidence::FacetKind;

struct Asked {
  std::string receipt;
  std::vector<std::string> facets;
  std::string out;
};

Result<std::vector<FacetKind>> kinds_of(const Asked& asked) {
  std::vector<FacetKind> kinds;
  for (const auto& facet : asked.facets) {
    const auto* kind = std::ranges::find(evidence::kFacetKinds, facet, evidence::name);
    if (kind == std::ranges::end(evidence::kFacetKinds))
      return fail(Code::InvalidInput, fmt::format("--facet: a record has no '{}', but who, what, why and "
                                                  "outcome.",
                                                  facet));
    kinds.push_back(*kind);
  }
  return kinds;
}

Result<void> close(const Asked& asked) {
  const auto kinds = TRY(kinds_of(asked));
  const auto document = TRY(read_subject(asked.receipt));
  auto closed = evidence::close_facets(document, kinds);
  if (!closed)
    return fail(Code::InvalidInput,
                fmt::format("{}: {} Nothing was written.", asked.receipt, closed.error().message));
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::symlink_status(asked.out, error)))
    return fail(
        Code::InvalidInput,
        fmt::format("--out: {} is there already, and is not overwritten: name another file.", asked.out));
  TRY(replace_file(asked.out, as_bytes(*closed)));
  std::vector<std::string_view> shown;
  for (auto kind : TRY(evidence::open_facets(*closed))) shown.push_back(evidence::name(kind));
  fmt::print("{} shows of the record: {}. It verifies like the receipt that it was made from.\n", asked.out,
             shown.empty() ? "nothing but that it is there" : fmt::format("{}", fmt::join(shown, ", ")));
  return {};
}

}  // namespace

void add_close_command(CLI::App& app, int& status) {
  auto* closing = app.add_subcommand("close", "Make evidence show less before it is passed on");
  closing->require_subcommand(1);
  closing->footer(
      "Exit status: 0 done, 1 writing failed, 2 the command is wrong, or the file is no receipt as it was\n"
      "fetched.\n\n"
      "Example:\n"
      "  vitrine close receipt receipt.json --facet who --out for-the-press.json\n");
  auto asked = std::make_shared<Asked>();
  auto* receipt = closing->add_subcommand(
      "receipt", "Close facets of a receipt: it still verifies, and does not say any more what is in them");
  receipt->add_option("FILE", asked->receipt, "the receipt, which stays as it is")->required();
  receipt->add_option("--facet", asked->facets, "'who', 'what', 'why' or 'outcome'; may be given often")
      ->required()
      ->delimiter(',')
      ->allow_extra_args(false);
  receipt->add_option("--out", asked->out, "the new receipt; a file that is not there yet")->required();
  receipt->callback([asked, &status] { status = report(close(*asked)); });
}

}  // namespace vitrine::app
