#include "platform/scrub_calls.h"

#include <boost/json.hpp>

#include "platform/answers.h"
#include "platform/json_fields.h"

namespace vitrine::platform {
namespace {

namespace json = boost::json;

/// In the order of store::CheckStage.
constexpr std::string_view kStages[] = {"files",    "state",   "heads",    "bodies",  "rows",
                                        "counters", "journal", "segments", "content", "done"};
static_assert(std::size(kStages) == static_cast<std::size_t>(store::kLastCheckStage) + 1);

json::value describe(const std::optional<operations::ScrubPass>& pass) {
  if (!pass) return nullptr;
  const auto& report = pass->report;
  json::array told;
  for (const auto& [place, what] : report.told) told.push_back({{"place", place}, {"what", what}});
  json::object out{{"pass", pass->number},
                   {"started", to_iso8601(pass->started)},
                   {"stage", kStages[static_cast<std::size_t>(pass->place.stage)]},
                   {"bytes", report.bytes},
                   {"values", report.values},
                   {"records", report.records},
                   {"segments", report.segments},
                   {"segmentBytes", report.segment_bytes},
                   {"containers", pass->content.containers},
                   {"blobs", pass->content.blobs},
                   {"contentBytes", pass->content.bytes},
                   {"damages", report.damages},
                   {"told", std::move(told)}};
  if (pass->ended) out["ended"] = to_iso8601(*pass->ended);
  return out;
}

}  // namespace

Task<Result<http::Response>> show_scrub(const Parts& parts, Call& call) {
  CO_TRY(parts.authentication.require_operator(call));
  const auto state = parts.scrub.state();
  co_return json_answer(200, {{"current", describe(state.current)}, {"previous", describe(state.previous)}});
}

Task<Result<http::Response>> start_scrub(const Parts& parts, Call& call) {
  CO_TRY(parts.authentication.require_operator(call));
  auto fields = CO_TRY(co_await read_json(call.request.body));
  const auto rate = CO_TRY(fields.number("bytesPerSecond"));
  CO_TRY(fields.end());
  co_return json_answer(202, {{"pass", parts.scrub.begin(rate)}});
}

}  // namespace vitrine::platform
