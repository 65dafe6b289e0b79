#include "platform/health.h"

#include <boost/json.hpp>

#include "platform/answers.h"

namespace vitrine::platform {

Task<Result<http::Response>> show_health(const Parts&, Call&) {
  co_return json_answer(200, {{"status", "ok"}});
}

Task<Result<http::Response>> show_readiness(const Parts& parts, Call&) {
  CO_TRY(parts.floors.store.takes_commits());
  CO_TRY(parts.sealer.keeps_up());
  co_return json_answer(200, {{"status", "ready"}});
}

Task<Result<http::Response>> show_metrics(const Parts& parts, Call&) {
  co_return http::Response::text(200, "text/plain; version=0.0.4; charset=utf-8", parts.metrics.text());
}

}  // namespace vitrine::platform
