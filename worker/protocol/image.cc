#include "worker/protocol/image.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace vitrine::worker {
namespace {

constexpr std::uint64_t kMaxSide = std::numeric_limits<std::int32_t>::max();
constexpr Permille kCertain = 1000;

void encode(CborWriter& out, const Box& box) {
  out.array(4).unsigned_int(box.x).unsigned_int(box.y).unsigned_int(box.width).unsigned_int(box.height);
}

void encode(CborWriter& out, const Quad& quad) {
  out.array(2 * quad.size());
  for (auto corner : quad) out.unsigned_int(corner.x).unsigned_int(corner.y);
}

void encode(CborWriter& out, const FoundObject& object) {
  out.array(3).text(object.label).unsigned_int(object.confidence);
  encode(out, object.box);
}

void encode(CborWriter& out, const TextWord& word) {
  out.array(3).text(word.text).unsigned_int(word.confidence);
  encode(out, word.quad);
}

void encode(CborWriter& out, const FoundFace& face) {
  out.array(2).unsigned_int(face.confidence);
  encode(out, face.box);
}

template <class T>
void encode_list(CborWriter& out, const std::vector<T>& list);

void encode(CborWriter& out, const TextLine& line) {
  out.array(4).text(line.text).unsigned_int(line.confidence);
  encode(out, line.quad);
  encode_list(out, line.words);
}

template <class T>
void encode_list(CborWriter& out, const std::vector<T>& list) {
  out.array(list.size());
  for (const auto& item : list) encode(out, item);
}

Result<std::uint32_t> number(CborReader& in, std::uint64_t least, std::uint64_t most) {
  auto value = TRY(in.unsigned_int());
  if (value < least || value > most)
    return fail(Code::Corrupt, fmt::format("A number outside of {} to {}.", least, most));
  return static_cast<std::uint32_t>(value);
}

Result<Permille> confidence(CborReader& in) {
  return static_cast<Permille>(TRY(number(in, 0, kCertain)));
}

Result<std::string> short_text(CborReader& in) {
  auto text = TRY(in.text());
  if (text.size() > kMaxTextBytes) return fail(Code::Corrupt, "A text that is too long.");
  return std::string(text);
}

/// Reads findings of a picture whose size is known: nothing may lie outside of it.
class FindingsReader {
 public:
  FindingsReader(CborReader& in, std::uint32_t width, std::uint32_t height)
      : in_(in), width_(width), height_(height) {}

  Result<Box> box() {
    TRY(in_.array(4));
    Box out;
    out.x = TRY(number(in_, 0, width_ - 1));
    out.y = TRY(number(in_, 0, height_ - 1));
    out.width = TRY(number(in_, 1, width_ - out.x));
    out.height = TRY(number(in_, 1, height_ - out.y));
    return out;
  }

  Result<Quad> quad() {
    Quad out;
    TRY(in_.array(2 * out.size()));
    for (auto& corner : out) {
      corner.x = TRY(number(in_, 0, width_));
      corner.y = TRY(number(in_, 0, height_));
    }
    return out;
  }

  Result<FoundObject> object() {
    TRY(in_.array(3));
    FoundObject out;
    out.label = TRY(short_text(in_));
    out.confidence = TRY(confidence(in_));
    out.box = TRY(box());
    return out;
  }

  Result<TextWord> word() {
    TRY(in_.array(3));
    TextWord out;
    out.text = TRY(short_text(in_));
    out.confidence = TRY(confidence(in_));
    out.quad = TRY(quad());
    return out;
  }

  Result<TextLine> line() {
    TRY(in_.array(4));
    TextLine out;
    out.text = TRY(short_text(in_));
    out.confidence = TRY(confidence(in_));
    out.quad = TRY(quad());
    out.words = TRY(list(&FindingsReader::word));
    return out;
  }

  Result<FoundFace> face() {
    TRY(in_.array(2));
    FoundFace out;
    out.confidence = TRY(confidence(in_));
    out.box = TRY(box());
    return out;
  }

  template <class T>
  Result<std::vector<T>> list(Result<T> (FindingsReader::*item)()) {
    auto items = TRY(in_.array_up_to(kMaxFindings));
    std::vector<T> out;
    for (std::size_t i = 0; i < items; ++i) out.push_back(TRY((this->*item)()));
    return out;
  }

 private:
  CborReader& in_;
  std::uint32_t width_;
  std::uint32_t height_;
};

Result<std::optional<Redacted>> decode_redacted(CborReader& in) {
  if (in.skip_null()) return std::optional<Redacted>{};
  TRY(in.array(2));
  Redacted out;
  out.media_type = TRY(short_text(in));
  out.size = TRY(in.unsigned_int());
  return out;
}

}  // namespace

void encode(CborWriter& out, const ImageTask& task) {
  out.array(6).boolean(task.features.objects).boolean(task.features.text).boolean(task.features.faces);
  out.boolean(task.blur_faces)
      .unsigned_int(task.limits.max_pixels)
      .unsigned_int(task.limits.max_redacted_bytes);
}

Result<ImageTask> decode_image_task(CborReader& in) {
  TRY(in.array(6));
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  ImageTask out;
  out.features.objects = TRY(in.boolean());
  out.features.text = TRY(in.boolean());
  out.features.faces = TRY(in.boolean());
  out.blur_faces = TRY(in.boolean());
  out.limits.max_pixels = TRY(number(in, 1, kMost));
  out.limits.max_redacted_bytes = TRY(number(in, 1, kMost));
  return out;
}

void encode(CborWriter& out, const ModelIdentity& model) {
  out.array(2).text(model.name).bytes(model.sha256);
}

Result<ModelIdentity> decode_model_identity(CborReader& in) {
  TRY(in.array(2));
  ModelIdentity out;
  out.name = TRY(short_text(in));
  std::ranges::copy(TRY(in.bytes(out.sha256.size())), out.sha256.begin());
  return out;
}

void encode(CborWriter& out, const ImageInsights& insights) {
  out.array(7).unsigned_int(insights.width).unsigned_int(insights.height);
  encode_list(out, insights.objects);
  encode_list(out, insights.lines);
  encode_list(out, insights.faces);
  encode_list(out, insights.models);
  if (!insights.redacted)
    out.null();
  else
    out.array(2).text(insights.redacted->media_type).unsigned_int(insights.redacted->size);
}

Result<ImageInsights> decode_image_insights(CborReader& in) {
  TRY(in.array(7));
  ImageInsights out;
  out.width = TRY(number(in, 1, kMaxSide));
  out.height = TRY(number(in, 1, kMaxSide));
  FindingsReader findings(in, out.width, out.height);
  out.objects = TRY(findings.list(&FindingsReader::object));
  out.lines = TRY(findings.list(&FindingsReader::line));
  out.faces = TRY(findings.list(&FindingsReader::face));
  auto models = TRY(in.array_up_to(kMaxFindings));
  for (std::size_t i = 0; i < models; ++i) out.models.push_back(TRY(decode_model_identity(in)));
  out.redacted = TRY(decode_redacted(in));
  return out;
}

}  // namespace vitrine::worker
