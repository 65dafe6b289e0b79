#include "blobs/copy_state.h"

#include "base/encoding.h"
#include "blobs/head_coding.h"

namespace vitrine::blobs {

std::string CopyState::id_text() const {
  auto text = to_hex(id);
  for (const std::size_t at : {8, 13, 18, 23}) text.insert(at, "-");
  return text;
}

Bytes CopyState::encode() const {
  CborWriter writer;
  writer.array(4).bytes(id).text(source).unsigned_int(bytes).integer(to_micros(completed));
  return writer.take();
}

Result<CopyState> CopyState::decode(ConstBytes cbor) {
  CborReader reader(cbor);
  TRY(reader.array(4));
  CopyState state{.id = TRY(read_array<16>(reader)),
                  .source = std::string(TRY(reader.text())),
                  .bytes = TRY(reader.unsigned_int()),
                  .completed = TRY(read_time(reader))};
  TRY(reader.end());
  return state;
}

}  // namespace vitrine::blobs
