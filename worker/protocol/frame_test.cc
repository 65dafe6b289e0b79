#include "worker/protocol/frame.h"

#include <gtest/gtest.h>

namespace vitrine::worker {
namespace {

constexpr Quad kQuad{Point{1, 2}, Point{90, 3}, Point{91, 20}, Point{0, 21}};

ImageInsights insights() {
  ImageInsights out;
  out.width = 100;
  out.height = 50;
  out.objects = {{"person", 913, {0, 0, 100, 50}}, {"dog", 400, {99, 49, 1, 1}}};
  out.lines = {{"Grüße aus Köln", 990, kQuad, {{"Grüße", 991, kQuad}, {"aus", 1000, kQuad}}}};
  out.faces = {{201, {10, 10, 5, 7}}};
  out.models = {{"nanodet.onnx", {1, 2, 3}}};
  out.redacted = Redacted{"image/jpeg", 12345};
  return out;
}

AnswerFrame answer_with(void (*change)(ImageInsights&)) {
  AnswerFrame out{7, insights()};
  change(out.insights);
  return out;
}

TEST(Frame, EveryKindComesBackAsItWasSent) {
  const Frame frames[] = {
      Ready{{{"a.onnx", {9}}, {"b.onnx", {}}}},
      CannotStart{"The model a.onnx is missing."},
      TaskFrame{1, {{true, false, true}, true, {.max_pixels = 5, .max_redacted_bytes = 6}}},
      AnswerFrame{2, insights()},
      AnswerFrame{
          3,
          {.width = 1, .height = 1, .objects = {}, .lines = {}, .faces = {}, .models = {}, .redacted = {}}},
      RefusalFrame{4, Refusal::TooLarge, "Too large."},
  };
  for (const auto& frame : frames) {
    auto decoded = decode_frame(encode_frame(frame));
    ASSERT_TRUE(decoded) << frame.index() << ": " << decoded.error().message;
    EXPECT_EQ(*decoded, frame) << frame.index();
  }
}

TEST(Frame, EveryShortenedFrameIsRefused) {
  auto bytes = encode_frame(AnswerFrame{2, insights()});
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_frame(ConstBytes(bytes).first(size))) << size;
  bytes.push_back(0);
  EXPECT_FALSE(decode_frame(bytes));
}

TEST(Frame, AnotherVersionIsRefusedWithAdvice) {
  auto bytes = encode_frame(CannotStart{"x"});
  bytes[1] = kFrameVersion + 1;
  auto decoded = decode_frame(bytes);
  ASSERT_FALSE(decoded);
  EXPECT_NE(decoded.error().message.find("same build"), std::string::npos);
}

struct Lie {
  const char* what;
  void (*change)(ImageInsights&);
};

constexpr Lie kLies[] = {
    {"no width", [](ImageInsights& i) { i.width = 0; }},
    {"a box that begins outside", [](ImageInsights& i) { i.objects[0].box.x = 100; }},
    {"a box that ends outside", [](ImageInsights& i) { i.faces[0].box.width = 91; }},
    {"an empty box", [](ImageInsights& i) { i.faces[0].box.height = 0; }},
    {"a corner outside", [](ImageInsights& i) { i.lines[0].quad[2].y = 51; }},
    {"a word's corner outside", [](ImageInsights& i) { i.lines[0].words[1].quad[0].x = 101; }},
    {"more than certain", [](ImageInsights& i) { i.objects[1].confidence = 1001; }},
    {"an endless text", [](ImageInsights& i) { i.lines[0].text.assign(kMaxTextBytes + 1, 'a'); }},
    {"a text that is none", [](ImageInsights& i) { i.lines[0].words[0].text = "\xff"; }},
    {"too many faces", [](ImageInsights& i) { i.faces.assign(kMaxFindings + 1, i.faces[0]); }},
};

TEST(Frame, AnAnswerThatCannotBeTrueIsRefused) {
  for (const auto& lie : kLies) {
    auto decoded = decode_frame(encode_frame(answer_with(lie.change)));
    ASSERT_FALSE(decoded) << lie.what;
    EXPECT_EQ(decoded.error().code, Code::Corrupt) << lie.what;
  }
}

}  // namespace
}  // namespace vitrine::worker
