#include "blobs/body_verdict.h"

#include "blobs/sealed.h"

namespace vitrine::blobs {

Result<void> BodyVerdict::of(const store::Store& store, const keys::DataKeys& keys,
                             const ContainerId& container, const Piece& piece) {
  const store::Key key{store::Table::Bodies, body_key(container, std::get<BodyNumber>(piece.place))};
  const auto body = TRY(store.fetch_body(key.bytes));
  if (!body.exists()) return fail(Code::Corrupt, "an inline body is missing");
  const auto content = open(keys, key, as_text(body.bytes(store::VerdictAccess())));
  if (!content && content.error().code == Code::Corrupt)
    return fail(Code::Corrupt, "an inline body does not open under the account's key");
  if (!content && content.error().code == Code::BlobUsesCustomerSpecifiedEncryption) return {};
  if (!content) return std::unexpected(content.error());
  if (content->size() != piece.length || crypto::sha256(as_bytes(*content)) != piece.digest)
    return fail(Code::Corrupt, "an inline body does not have its length and SHA-256");
  return {};
}

}  // namespace vitrine::blobs
