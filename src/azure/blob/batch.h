// The requests of a Blob Batch, and its answer.
// Source: Azure Storage REST, "Blob Batch"; RFC 2046, section 5.1; what the official SDKs send, 2026-10-06.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "azure/blob/addressing.h"
#include "base/error.h"
#include "http/message.h"

namespace vitrine::azure::blob {

inline constexpr std::size_t kMostBatchBytes = std::size_t{4} << 20;
inline constexpr std::size_t kMostBatchParts = 256;

/// One request of a batch, as it was sent.
struct BatchPart {
  std::string content_id;  ///< empty: none; given back with the answer
  std::string head;        ///< request line, header lines and the empty line, each ended by CR LF
};

/// Reads a multipart/mixed document of application/http parts, whose lines may end in CR LF or LF.
/// Errors: InvalidHeaderValue (Content-Type), InvalidInput for what is not such a document, a part with a
/// body, no part or more than kMostBatchParts.
Result<std::vector<BatchPart>> parse_batch(std::string_view content_type, std::string_view document);

/// What a batch was sent to: its parts are about the same account, and container if it names one.
struct BatchPlace {
  const Address& address;
  std::string_view host;
};
/// Fills method, target and headers of the part's request. The clients write a path with the account in
/// front, or without it, or without the first slash: it is found to be about the batch's account all the
/// same. Errors: those of http::parse_request_head; InvalidInput for what may not be in a batch: anything
/// but the deletion of a blob and the change of its tier.
Result<void> read_part(const BatchPart& part, const BatchPlace& place, http::Request& request);

/// The answers to the parts, in their order. The bodies of all are in memory.
class BatchAnswer {
 public:
  BatchAnswer();
  /// Precondition: the answer has no stream. `date` as of an HTTP header.
  void add(const BatchPart& part, const http::Response& answer, std::string_view date);
  http::Response take() &&;

 private:
  std::string boundary_;
  std::string document_;
};

}  // namespace vitrine::azure::blob
