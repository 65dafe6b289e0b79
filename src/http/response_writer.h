// Responses on their way to the client.
#pragma once

#include <string>

#include "base/error.h"
#include "http/lane.h"
#include "http/message.h"
#include "http/service.h"
#include "http/transport.h"

namespace vitrine::http {

/// What the request and the connection's state say about how a response is sent.
struct Manner {
  Method method = Method::Other;
  bool http_1_0 = false;
  bool keep = false;  ///< the connection goes on afterwards
};

/// Sends a connection's responses: head and first bytes in one gathered write, then the rest as its source
/// yields it, without copying.
class ResponseWriter {
 public:
  ResponseWriter(Service& service, Lane& lane, Transport& transport);

  /// A response that cannot be sent, because a header would end its line or because its stream fails before
  /// the first byte, is replaced by a refusal. Errors: the transport's, or the stream's when it failed
  /// midway; the client then holds a part of a message and must see the connection end.
  [[nodiscard]] Task<Result<void>> send(Response response, Manner manner);

 private:
  Task<Result<void>> send_whole(const Response& response, Manner manner);
  Task<Result<void>> send_stream(const Response& response, ConstBytes first, Manner manner);
  void format_head(const Response& response, Manner manner);

  Service& service_;
  Lane& lane_;
  Transport& transport_;
  std::string head_;  // kept for its capacity
};

}  // namespace vitrine::http
