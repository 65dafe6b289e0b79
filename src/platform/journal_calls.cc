#include "platform/journal_calls.h"

#include <fmt/format.h>

#include "evidence/journal_export.h"
#include "operations/journals.h"

namespace vitrine::platform {
namespace {

http::Response private_answer(std::string_view type, std::string body) {
  auto response = http::Response::text(200, type, std::move(body));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

/// The caller is the operator, or holds a key of the account in the path.
Result<identity::AccountName> enter(const Parts& parts, Call& call) {
  auto account = TRY(identity::AccountName::parse(call.capture("account")));
  const auto given = call.request.headers.get("Authorization");
  if (!given || !given->starts_with("Bearer ")) {
    TRY(parts.authentication.require_account(call, account.text()));
    return account;
  }
  TRY(parts.authentication.require_operator(call));
  const auto ring = parts.accounts.find(account.text());
  if (!ring)
    return fail(Code::AccountNotFound,
                fmt::format("There is no account '{}' on this server.", account.text()));
  TRY(parts.authentication.act_as_operator(call, ring->account()));
  return account;
}

}  // namespace

Task<Result<http::Response>> export_journal(const Parts& parts, Call& call) {
  const auto account = CO_TRY(enter(parts, call));
  const auto begun =
      CO_TRY(co_await operations::export_journal(parts.floors, parts.sealer, *call.exchange, account));
  auto answer = private_answer("application/json", CO_TRY(evidence::write_journal_head(begun.head)));
  answer.headers.set(operations::kExportHeader, begun.token);
  co_return answer;
}

Task<Result<http::Response>> show_journal_file(const Parts& parts, Call& call) {
  const auto account = CO_TRY(enter(parts, call));
  const auto file = tlog::parse_tile_path("tile/" + call.capture("path"));
  if (!file) co_return fail(Code::ResourceNotFound, "This is not the path of a tile or of an entry bundle.");
  const auto under = call.request.headers.get(operations::kExportHeader).value_or("");
  const auto bytes =
      CO_TRY(co_await operations::read_journal(parts.floors, *call.exchange, account, *file, under));
  co_return private_answer("application/octet-stream", std::string(as_text(bytes)));
}

}  // namespace vitrine::platform
