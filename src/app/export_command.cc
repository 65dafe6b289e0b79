#include "app/export_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include "app/client_commands.h"
#include "app/exit.h"
#include "base/counted.h"
#include "evidence/journal_export.h"
#include "evidence/journal_folder.h"
#include "operations/journals.h"

namespace vitrine::app {
namespace {

namespace json = boost::json;

struct Asked {
  ApiOptions api;
  std::string folder;
};

/// With the account's key where one is given, else as the operator; `under` is the export's token.
Result<http::ClientAnswer> get(const Asked& asked, const std::string& path, const std::string& under = {}) {
  auto request =
      TRY(api_request(asked.api, "GET", fmt::format("/accounts/{}/journal{}", asked.api.account, path)));
  if (!under.empty()) request.headers.emplace_back(operations::kExportHeader, under);
  return ask(asked.api, TRY(has_account_key(asked.api) ? sign_as_account(asked.api, std::move(request))
                                                       : sign_as_operator(asked.api, std::move(request))));
}

/// Errors: what the server said.
Result<http::ClientAnswer> permitted(Result<http::ClientAnswer> answer) {
  constexpr unsigned kOk = 200, kNotFound = 404;
  auto got = TRY(std::move(answer));
  if (got.status == kOk) return got;
  boost::system::error_code error;
  const auto said = json::parse(got.body, error);
  const auto* inner = said.is_object() ? said.get_object().if_contains("error") : nullptr;
  auto message = inner ? words(*inner, "message") : fmt::format("The server answered {}.", got.status);
  const bool is_gone = got.status == kNotFound && inner && words(*inner, "code") == "ResourceNotFound";
  return fail(is_gone ? Code::ResourceNotFound : Code::Unavailable, std::move(message));
}

Result<evidence::Exported> run(const Asked& asked) {
  auto begun = permitted(get(asked, ""));
  if (!begun && begun.error().code == Code::ResourceNotFound)
    return fail(Code::Unavailable, begun.error().message);
  const auto first = TRY(std::move(begun));
  const std::string token(first.header(operations::kExportHeader));
  const auto head = evidence::read_journal_head(first.body);
  if (!head)
    return fail(Code::Unavailable, fmt::format("What answered is not a Vitrine server's platform port: {}",
                                               head.error().message));
  return evidence::update_export(asked.folder, *head, [&](const std::string& path) -> Result<Bytes> {
    return to_bytes(as_bytes(TRY(permitted(get(asked, "/" + path, token))).body));
  });
}

int answer(const Asked& asked) {
  const auto exported = run(asked);
  if (!exported && exported.error().code == Code::VerificationFailed) {
    fmt::print(stderr, "vitrine: {}\n", exported.error().message);
    return kFailure;
  }
  if (!exported) return report_unasked(exported.error(), asked.api.json);
  if (asked.api.json)
    fmt::print("{}\n",
               json::serialize(json::object{
                   {"folder", asked.folder}, {"records", exported->records}, {"added", exported->added}}));
  else
    fmt::print(
        "The journal of {} is in {}: {}, {} new.\n"
        "`vitrine verify journal {} --log-key KEY` checks it.\n",
        asked.api.account, asked.folder, counted(exported->records, "record"), exported->added, asked.folder);
  return kSuccess;
}

}  // namespace

void add_export_command(CLI::App& app, int& status) {
  auto* exporting = app.add_subcommand("export", "Take evidence out of a server, to keep it elsewhere");
  exporting->require_subcommand(1);
  exporting->footer(
      "With a key of the account (--key, or the variable VITRINE_ACCOUNT_KEY) the account asks, otherwise\n"
      "the operator does. A second export into the same folder fetches what is new.\n\n"
      "Exit status: 0 done, 1 the journal is not what the folder or the seal say, 2 the server could not be\n"
      "asked, or refused.\n\n"
      "Examples:\n"
      "  vitrine export journal cityarchive journals/cityarchive\n"
      "  vitrine verify journal journals/cityarchive --log-key log-key.txt\n");
  auto asked = std::make_shared<Asked>();
  auto* journal = exporting->add_subcommand("journal", "Copy an account's journal, as far as it is sealed");
  journal->add_option("ACCOUNT", asked->api.account, "the storage account")->required();
  journal->add_option("DIR", asked->folder, "a new folder, or one of an earlier export")->required();
  add_operator_options(journal, asked->api);
  add_key_options(journal, asked->api);
  journal->callback([asked, &status] { status = answer(*asked); });
}

}  // namespace vitrine::app
