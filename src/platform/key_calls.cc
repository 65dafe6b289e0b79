#include "platform/key_calls.h"

#include <boost/json.hpp>

#include "operations/operator_key.h"
#include "platform/answers.h"

namespace vitrine::platform {
namespace {

namespace json = boost::json;

json::object describe(const operations::OperatorKeyRotation& done) {
  json::array left{
      "backups made before: they hold the keys wrapped under the operator's key of their time",
      "bytes on the disk under files that were deleted: only the disk itself can overwrite them"};
  if (!done.erased_on_disk)
    left.insert(left.begin(),
                "the store's files or log, until its next cleaning: the log of the server says why");
  return {{"accounts", done.accounts}, {"keys", done.keys}, {"left", std::move(left)}};
}

}  // namespace

Task<Result<http::Response>> rotate_operator_key(const Parts& parts, Call& call) {
  const auto system = parts.accounts.find(identity::kSystemAccount);
  CO_TRY(parts.authentication.act_as_operator(call, system->account()));
  const auto done =
      CO_TRY(co_await operations::rotate_operator_key(parts.floors, parts.accounts, *call.exchange));
  co_return json_answer(200, describe(done));
}

}  // namespace vitrine::platform
