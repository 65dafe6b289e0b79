#include "ledger/sealer_rows.h"

#include <fmt/format.h>

#include "base/cbor.h"

namespace vitrine::ledger {
namespace {

const store::Key kLastSeal{store::Table::State, "log/last-seal"};
const store::Key kCleanStop{store::Table::State, "log/clean-stop"};
const store::Key kRecovered{store::Table::State, "log/recovered"};

}  // namespace

store::Write pending_entry(const evidence::PublicEntry& entry, std::string_view order) {
  return {{store::Table::State, fmt::format("{}{}/{}", kPending, entry.index(), order)},
          std::string(as_text(evidence::encode_entry(entry)))};
}

const store::Key& last_seal_key() {
  return kLastSeal;
}
const store::Key& clean_stop_key() {
  return kCleanStop;
}
const store::Key& recovering_key() {
  static const store::Key key{store::Table::State, "log/recovering-from"};
  return key;
}
const store::Key& recovered_key() {
  return kRecovered;
}

std::string encode_last_seal(const LastSeal& last) {
  CborWriter writer;
  writer.array(2).unsigned_int(last.log_index).bytes(evidence::encode_entry(last.seal));
  return std::string(as_text(writer.view()));
}

Result<evidence::Seconds> log_time(const store::Store& store, const Clock& clock) {
  const auto now = std::chrono::floor<std::chrono::seconds>(clock.now());
  const auto row = TRY(store.look_up(kLastSeal));
  if (!row.exists()) return now;
  return std::max(now, TRY(decode_last_seal(row.value)).seal.time);
}

Result<LastSeal> decode_last_seal(std::string_view row) {
  CborReader reader(as_bytes(row));
  TRY(reader.array(2));
  LastSeal last;
  last.log_index = TRY(reader.unsigned_int());
  const auto entry = TRY(evidence::decode_entry(TRY(reader.bytes())));
  const auto* seal = std::get_if<evidence::Seal>(&entry);
  if (!seal) return fail(Code::Corrupt, "What the store has as the last seal is none.");
  last.seal = *seal;
  return last;
}

}  // namespace vitrine::ledger
