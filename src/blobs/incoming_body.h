// A body on its way in: small ones gather in memory, large ones stream to disk.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "blobs/piece.h"
#include "crypto/digest.h"
#include "ledger/ledger.h"
#include "store/store.h"

namespace vitrine::blobs {

/// Where a body's bytes come from.
class BodyInput {
 public:
  virtual ~BodyInput() = default;
  /// Fills a front part of `into` (not empty) and returns its size; 0 at the end.
  virtual Task<Result<std::size_t>> read(MutableBytes into) = 0;
};

/// What the client says about the bytes it sends; checked, and refused when wrong.
struct TransferChecks {
  std::optional<crypto::Md5Digest> md5;
  std::optional<std::uint64_t> crc64;
};

/// A body that arrived whole and is durable or small; no one sees it before a commit adopts it.
struct ArrivedBody {
  Piece piece;
  std::optional<crypto::Md5Digest> md5;  ///< when asked for
  std::optional<store::Segment> segment;
  Bytes inline_bytes;

  /// Adds to a commit what makes the body part of the container.
  void adopt_into(std::vector<store::Segment>& adopts, std::vector<store::Write>& writes,
                  const ContainerId& container, const keys::DataKeys& keys) const;
};

struct ReceiveOptions {
  std::optional<std::uint64_t> length;  ///< as declared
  std::uint64_t most = 0;               ///< bytes; more is refused
  bool compute_md5 = false;
  TransferChecks checks;
  bool inline_if_small = true;  ///< false: to disk, whatever its length
};

/// Takes the whole body in; what goes to disk is encrypted under the key. Errors: RequestBodyTooLarge,
/// Md5Mismatch, Crc64Mismatch; InvalidInput when the body is not as long as declared; those of the input and
/// of the store.
Task<Result<ArrivedBody>> receive(store::Store& store, const keys::DataKey& key, BodyInput& input,
                                  ReceiveOptions options);

}  // namespace vitrine::blobs
