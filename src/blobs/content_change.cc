#include "blobs/content_change.h"

#include "blobs/sealed.h"

namespace vitrine::blobs {

void adopt(ContentChange& change, const ContainerId& container, const keys::DataKeys& keys,
           const ArrivedBody& body) {
  if (body.segment)
    change.adopts.push_back(*body.segment);
  else if (auto* number = std::get_if<BodyNumber>(&body.piece.place); number && body.piece.length > 0)
    change.writes.push_back(
        seal(keys, {store::Table::Bodies, body_key(container, *number)}, as_text(body.inline_bytes)));
}

}  // namespace vitrine::blobs
