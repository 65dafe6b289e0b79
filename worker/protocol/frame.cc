#include "worker/protocol/frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

namespace vitrine::worker {
namespace {

constexpr std::size_t kMaxModels = 64;

// The kind of a frame is its place in the variant.
template <class T, std::size_t I = 0>
consteval std::uint64_t kind_of() {
  if constexpr (std::is_same_v<std::variant_alternative_t<I, Frame>, T>)
    return I;
  else
    return kind_of<T, I + 1>();
}

void encode_body(CborWriter& out, const Ready& frame) {
  out.array(frame.models.size());
  for (const auto& model : frame.models) encode(out, model);
}

void encode_body(CborWriter& out, const CannotStart& frame) {
  out.text(frame.message);
}

void encode_body(CborWriter& out, const TaskFrame& frame) {
  out.array(2).unsigned_int(frame.id);
  encode(out, frame.task);
}

void encode_body(CborWriter& out, const AnswerFrame& frame) {
  out.array(2).unsigned_int(frame.id);
  encode(out, frame.insights);
}

void encode_body(CborWriter& out, const RefusalFrame& frame) {
  out.array(3)
      .unsigned_int(frame.id)
      .unsigned_int(static_cast<std::uint64_t>(frame.reason))
      .text(frame.message);
}

Result<std::string> message(CborReader& in) {
  auto text = TRY(in.text());
  if (text.size() > kMaxTextBytes) return fail(Code::Corrupt, "A message that is too long.");
  return std::string(text);
}

Result<Frame> decode_ready(CborReader& in) {
  Ready out;
  auto models = TRY(in.array_up_to(kMaxModels));
  for (std::size_t i = 0; i < models; ++i) out.models.push_back(TRY(decode_model_identity(in)));
  return out;
}

Result<Frame> decode_task(CborReader& in) {
  TRY(in.array(2));
  TaskFrame out;
  out.id = TRY(in.unsigned_int());
  out.task = TRY(decode_image_task(in));
  return out;
}

Result<Frame> decode_answer(CborReader& in) {
  TRY(in.array(2));
  AnswerFrame out;
  out.id = TRY(in.unsigned_int());
  out.insights = TRY(decode_image_insights(in));
  return out;
}

Result<Frame> decode_refusal(CborReader& in) {
  TRY(in.array(3));
  RefusalFrame out;
  out.id = TRY(in.unsigned_int());
  auto reason = TRY(in.unsigned_int());
  if (reason > static_cast<std::uint64_t>(Refusal::Failed))
    return fail(Code::Corrupt, "A refusal for an unknown reason.");
  out.reason = static_cast<Refusal>(reason);
  out.message = TRY(message(in));
  return out;
}

Result<Frame> decode_body(CborReader& in, std::uint64_t kind) {
  switch (kind) {
    case kind_of<Ready>():
      return decode_ready(in);
    case kind_of<CannotStart>():
      return CannotStart{TRY(message(in))};
    case kind_of<TaskFrame>():
      return decode_task(in);
    case kind_of<AnswerFrame>():
      return decode_answer(in);
    case kind_of<RefusalFrame>():
      return decode_refusal(in);
    default:
      return fail(Code::Corrupt, fmt::format("A frame of the unknown kind {}.", kind));
  }
}

}  // namespace

Bytes encode_frame(const Frame& frame) {
  CborWriter out;
  out.array(3).unsigned_int(kFrameVersion).unsigned_int(frame.index());
  std::visit([&](const auto& body) { encode_body(out, body); }, frame);
  return out.take();
}

Result<Frame> decode_frame(ConstBytes bytes) {
  CborReader in(bytes);
  TRY(in.array(3));
  auto version = TRY(in.unsigned_int());
  if (version != kFrameVersion)
    return fail(Code::Corrupt,
                fmt::format("A frame of version {}; this program speaks version {}: server and "
                            "worker must come from the same build.",
                            version, kFrameVersion));
  auto frame = TRY(decode_body(in, TRY(in.unsigned_int())));
  TRY(in.end());
  return frame;
}

}  // namespace vitrine::worker
