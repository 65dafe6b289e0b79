#include "azure/blob/handlers.h"
#include "azure/blob/request_body.h"
#include "azure/blob/request_headers.h"
#include "azure/blob/response_headers.h"
#include "azure/blob/snapshot_request.h"
#include "azure/blob/tags_coding.h"
#include "operations/tags.h"

namespace vitrine::azure::blob::handlers {

Answer get_blob_tags(Call& call) {
  const operations::GetTags request{CO_TRY(blob_or_snapshot(call)), CO_TRY(parse_conditions(call.headers()))};
  XmlWriter xml;
  write_tags(xml, CO_TRY(co_await operations::get_tags(call.floors, call.exchange, request)));
  co_return xml_answer(xml.take());
}

Answer set_blob_tags(Call& call) {
  CO_TRY(require_body(call.request));
  operations::SetTags request{CO_TRY(blob_or_snapshot(call)), {}, CO_TRY(parse_conditions(call.headers()))};
  request.tags = CO_TRY(parse_tags_document(CO_TRY(co_await read_document(call.request, kMostTagsBytes))));
  CO_TRY(co_await operations::set_tags(call.floors, call.exchange, request));
  co_return http::Response::empty(204);
}

}  // namespace vitrine::azure::blob::handlers
