#include "analysis/insights_json.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "base/encoding.h"

namespace vitrine::analysis {
namespace {

namespace json = boost::json;

json::object box_json(const worker::Box& box) {
  return {{"x", box.x}, {"y", box.y}, {"w", box.width}, {"h", box.height}};
}

json::array polygon_json(const worker::Quad& quad) {
  json::array points;
  for (const auto& point : quad) points.push_back(json::object{{"x", point.x}, {"y", point.y}});
  return points;
}

double ratio(worker::Permille permille) {
  return permille / 1000.0;
}

/// As json::serialize, but for numbers as people write them: 0.728, not 7.28E-1.
void write(const json::value& value, std::string& out) {
  std::string_view separator;
  if (auto* object = value.if_object()) {
    out += '{';
    for (const auto& [key, member] : *object) {
      out.append(std::exchange(separator, ",")).append(json::serialize(json::string(key))).append(":");
      write(member, out);
    }
    out += '}';
  } else if (auto* array = value.if_array()) {
    out += '[';
    for (const auto& item : *array) {
      out.append(std::exchange(separator, ","));
      write(item, out);
    }
    out += ']';
  } else if (auto* number = value.if_double()) {
    out += fmt::format("{}", *number);
  } else {
    out += json::serialize(value);
  }
}

json::array objects_json(const worker::ImageInsights& insights) {
  json::array values;
  for (const auto& object : insights.objects)
    values.push_back(json::object{
        {"boundingBox", box_json(object.box)},
        {"tags",
         json::array{json::object{{"name", object.label}, {"confidence", ratio(object.confidence)}}}}});
  return values;
}

json::array lines_json(const worker::ImageInsights& insights) {
  json::array lines;
  for (const auto& line : insights.lines) {
    json::array words;
    for (const auto& word : line.words)
      words.push_back(json::object{{"text", word.text},
                                   {"boundingPolygon", polygon_json(word.quad)},
                                   {"confidence", ratio(word.confidence)}});
    lines.push_back(json::object{
        {"text", line.text}, {"boundingPolygon", polygon_json(line.quad)}, {"words", std::move(words)}});
  }
  return lines;
}

json::object vitrine_json(const worker::ImageInsights& insights, const Provenance& provenance) {
  json::array faces, models;
  for (const auto& face : insights.faces)
    faces.push_back(
        json::object{{"boundingBox", box_json(face.box)}, {"confidence", ratio(face.confidence)}});
  for (const auto& model : insights.models)
    models.push_back(json::object{{"name", model.name}, {"sha256", to_hex(model.sha256)}});
  json::object out{{"blob", provenance.blob},     {"contentRoot", provenance.content_root},
                   {"job", provenance.job},       {"purpose", provenance.purpose},
                   {"record", provenance.record}, {"facesToCover", std::move(faces)},
                   {"models", std::move(models)}};
  if (!provenance.redacted.empty()) out["redactedCopy"] = provenance.redacted;
  return out;
}

}  // namespace

std::string insights_json(const worker::ImageInsights& insights, const Provenance& provenance) {
  std::string versions;
  for (const auto& model : insights.models) versions += (versions.empty() ? "" : "+") + model.name;
  json::object document{
      {"modelVersion", versions},
      {"metadata", {{"width", insights.width}, {"height", insights.height}}},
      {"objectsResult", {{"values", objects_json(insights)}}},
      {"readResult", {{"blocks", json::array{json::object{{"lines", lines_json(insights)}}}}}},
      {"vitrine", vitrine_json(insights, provenance)}};
  std::string text;
  write(document, text);
  return text;
}

}  // namespace vitrine::analysis
