#include "azure/blob/admission.h"
#include "azure/blob/batch.h"
#include "azure/blob/handlers.h"
#include "azure/blob/request_body.h"
#include "azure/blob/service.h"
#include "operations/services.h"

namespace vitrine::azure::blob::handlers {

Answer send_batch(Call& call) {
  const std::string content_type(call.headers().get("Content-Type").value_or(""));
  const auto document = CO_TRY(co_await read_document(call.request, kMostBatchBytes));
  const auto parts = CO_TRY(parse_batch(content_type, document));
  const auto& [account, is_secondary, container, blob] = call.address;
  CO_TRY(co_await operations::send_batch(call.floors, call.exchange, account,
                                         container ? container->text() : std::string_view()));
  BatchAnswer answer;
  for (const auto& part : parts) {
    const auto answered =
        co_await call.service->answer_part(part, {call.address, host_of(call.request)}, call.request);
    answer.add(part, answered, to_http_date(call.floors.clock.now()));
  }
  co_return std::move(answer).take();
}

}  // namespace vitrine::azure::blob::handlers
