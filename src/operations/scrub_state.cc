#include "operations/scrub_state.h"

#include "base/cbor.h"

namespace vitrine::operations {
namespace {

constexpr std::uint64_t kFormat = 1;

void write(CborWriter& out, const std::optional<ScrubPass>& pass) {
  if (!pass) {
    out.null();
    return;
  }
  const auto& report = pass->report;
  out.array(15).unsigned_int(pass->number).integer(to_micros(pass->started));
  if (pass->ended)
    out.integer(to_micros(*pass->ended));
  else
    out.null();
  out.unsigned_int(static_cast<std::uint64_t>(pass->place.stage)).bytes(as_bytes(pass->place.key));
  for (auto count : {report.values, report.records, report.segments, report.segment_bytes, report.bytes,
                     report.damages, pass->content.containers, pass->content.blobs, pass->content.bytes})
    out.unsigned_int(count);
  out.array(report.told.size());
  for (const auto& [place, what] : report.told) out.array(2).bytes(as_bytes(place)).bytes(as_bytes(what));
}

Result<std::string> text_of(CborReader& in) {
  return std::string(as_text(TRY(in.bytes())));
}

Result<std::optional<ScrubPass>> read(CborReader& in) {
  if (in.skip_null()) return std::nullopt;
  ScrubPass pass;
  TRY(in.array(15));
  pass.number = TRY(in.unsigned_int());
  pass.started = from_micros(TRY(in.integer()));
  if (!in.skip_null()) pass.ended = from_micros(TRY(in.integer()));
  const auto stage = TRY(in.unsigned_int());
  if (stage > static_cast<std::uint64_t>(store::kLastCheckStage))
    return fail(Code::Corrupt, "The scrub's state names a stage that there is not.");
  pass.place.stage = static_cast<store::CheckStage>(stage);
  pass.place.key = TRY(text_of(in));
  auto& report = pass.report;
  for (auto* count : {&report.values, &report.records, &report.segments, &report.segment_bytes, &report.bytes,
                      &report.damages, &pass.content.containers, &pass.content.blobs, &pass.content.bytes})
    *count = TRY(in.unsigned_int());
  for (auto left = TRY(in.array_up_to(store::CheckReport::kMostTold)); left > 0; --left) {
    TRY(in.array(2));
    auto place = TRY(text_of(in));
    report.told.push_back({std::move(place), TRY(text_of(in))});
  }
  return pass;
}

}  // namespace

Bytes encode_scrub_state(const ScrubState& state) {
  CborWriter out;
  out.array(3).unsigned_int(kFormat);
  write(out, state.current);
  write(out, state.previous);
  return out.take();
}

Result<ScrubState> decode_scrub_state(ConstBytes stored) {
  CborReader in(stored);
  TRY(in.array(3));
  if (TRY(in.unsigned_int()) != kFormat)
    return fail(Code::Corrupt, "The scrub's state has a format that this program does not read.");
  ScrubState state;
  state.current = TRY(read(in));
  state.previous = TRY(read(in));
  TRY(in.end());
  return state;
}

}  // namespace vitrine::operations
