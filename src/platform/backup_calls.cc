#include "platform/backup_calls.h"

#include <boost/json.hpp>

#include "platform/answers.h"
#include "platform/json_fields.h"

namespace vitrine::platform {
namespace {

namespace json = boost::json;

json::object describe_state(const operations::BackupState& state) {
  using enum operations::BackupPhase;
  json::object out{{"state", name(state.phase)}};
  if (state.phase == None) return out;
  out["to"] = state.to.string();
  out["started"] = to_iso8601(state.started);
  out["bytesRead"] = state.bytes_read;
  if (state.phase != Running) out["ended"] = to_iso8601(state.ended);
  if (state.phase == Failed) out["message"] = state.message;
  if (state.created) out["backup"] = describe(*state.created);
  return out;
}

Result<operations::StartBackup> read_start(JsonFields& fields) {
  operations::StartBackup request{.to = TRY(fields.text("to")),
                                  .full = TRY(fields.flag("full")),
                                  .with_keys = TRY(fields.flag("withKeys")),
                                  .bytes_per_second = TRY(fields.number("bytesPerSecond"))};
  TRY(fields.end());
  return request;
}

}  // namespace

json::object describe(const backup::Created& created) {
  json::array damaged;
  for (const auto& place : created.damaged) damaged.emplace_back(place.text());
  return {{"number", created.number},      {"version", created.version},
          {"logSize", created.log_size},   {"files", created.files},
          {"bytes", created.bytes},        {"copiedBytes", created.copied_bytes},
          {"damaged", std::move(damaged)}, {"keys", json::array(created.keys.begin(), created.keys.end())}};
}

Task<Result<http::Response>> start_backup(const Parts& parts, Call& call) {
  CO_TRY(parts.authentication.require_operator(call));
  auto fields = CO_TRY(co_await read_json(call.request.body));
  auto request = CO_TRY(read_start(fields));
  CO_TRY(co_await parts.backups.start(std::move(request), call.request_id, call.request.peer_address));
  co_return json_answer(202, describe_state(parts.backups.state()));
}

Task<Result<http::Response>> show_backup(const Parts& parts, Call& call) {
  CO_TRY(parts.authentication.require_operator(call));
  co_return json_answer(200, describe_state(parts.backups.state()));
}

Task<Result<http::Response>> cancel_backup(const Parts& parts, Call& call) {
  CO_TRY(parts.authentication.require_operator(call));
  parts.backups.cancel();
  co_return json_answer(202, describe_state(parts.backups.state()));
}

}  // namespace vitrine::platform
