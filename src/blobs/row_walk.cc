#include "blobs/row_walk.h"

#include "base/encoding.h"
#include "base/log.h"

namespace vitrine::blobs {

void RowWalk::leave(std::string_view key, const Error& error) {
  log::error("a dead row is damaged; it stays, and the bodies that it names",
             {{"row", to_hex(as_bytes(key))}, {"error", error.message}});
  pass_to(std::string(key) + '\0');
  is_whole_ = false;
}

}  // namespace vitrine::blobs
