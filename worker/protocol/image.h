// What a worker is asked about one picture and what it answers.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/cbor.h"
#include "base/error.h"

namespace vitrine::worker {

/// What to look for; any combination.
struct ImageFeatures {
  bool objects = false;
  bool text = false;
  bool faces = false;

  bool operator==(const ImageFeatures&) const = default;
};

/// Bounds that the worker keeps before it spends memory or time.
struct ImageLimits {
  /// Width × height as the picture's header states them.
  std::uint32_t max_pixels = 50'000'000;
  /// Size of the covered picture.
  std::uint32_t max_redacted_bytes = 64u << 20;

  bool operator==(const ImageLimits&) const = default;
};

/// One picture to analyse. Its bytes travel beside it, in a sealed MemoryFile.
struct ImageTask {
  ImageFeatures features;
  /// The obligation: besides the insights, make a copy of the picture with every face covered.
  bool blur_faces = false;
  ImageLimits limits;

  bool operator==(const ImageTask&) const = default;
};

/// A part of the upright picture, in pixels from its upper left corner; never empty, never outside.
struct Box {
  std::uint32_t x = 0;
  std::uint32_t y = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;

  bool operator==(const Box&) const = default;
};

struct Point {
  std::uint32_t x = 0;
  std::uint32_t y = 0;

  bool operator==(const Point&) const = default;
};

/// The corners of something written at an angle, clockwise from the upper left of the writing.
using Quad = std::array<Point, 4>;

/// How sure a model is, in thousandths: 0 to 1000.
using Permille = std::uint16_t;

struct FoundObject {
  std::string label;
  Permille confidence = 0;
  Box box;

  bool operator==(const FoundObject&) const = default;
};

struct TextWord {
  std::string text;
  Permille confidence = 0;
  Quad quad;

  bool operator==(const TextWord&) const = default;
};

struct TextLine {
  std::string text;
  Permille confidence = 0;
  Quad quad;
  /// Its words from left to right.
  std::vector<TextWord> words;

  bool operator==(const TextLine&) const = default;
};

struct FoundFace {
  Permille confidence = 0;
  Box box;

  bool operator==(const FoundFace&) const = default;
};

/// Which model spoke: enough to tell it from every other.
struct ModelIdentity {
  std::string name;
  std::array<std::uint8_t, 32> sha256{};

  bool operator==(const ModelIdentity&) const = default;
};

/// The covered copy: its bytes are in the MemoryFile that went along with the task.
struct Redacted {
  std::string media_type;
  std::uint64_t size = 0;

  bool operator==(const Redacted&) const = default;
};

/// What was found in one picture. Lists are in the order a person would read them out: objects and
/// faces by falling confidence, lines from top to bottom.
struct ImageInsights {
  /// Of the upright picture, in pixels.
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<FoundObject> objects;
  std::vector<TextLine> lines;
  std::vector<FoundFace> faces;
  /// Every model that had a part in this answer.
  std::vector<ModelIdentity> models;
  std::optional<Redacted> redacted;

  bool operator==(const ImageInsights&) const = default;
};

/// Most entries of one list, and most bytes of one text, that an answer may carry.
inline constexpr std::size_t kMaxFindings = 4096;
inline constexpr std::size_t kMaxTextBytes = 4096;

// Stored forms: docs/formats/worker-frames.md. Decoding errors are Corrupt.
void encode(CborWriter& out, const ImageTask& task);
Result<ImageTask> decode_image_task(CborReader& in);
void encode(CborWriter& out, const ImageInsights& insights);
/// Also checks what the types promise: sizes, boxes inside the picture, confidences to 1000.
Result<ImageInsights> decode_image_insights(CborReader& in);
void encode(CborWriter& out, const ModelIdentity& model);
Result<ModelIdentity> decode_model_identity(CborReader& in);

}  // namespace vitrine::worker
