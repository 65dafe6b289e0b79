#include "analysis/insights_json.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace vitrine::analysis {
namespace {

std::string with_confidence(worker::Permille confidence) {
  worker::ImageInsights insights;
  insights.width = 640;
  insights.objects.push_back({.label = "a \"dog\"\n", .confidence = confidence, .box = {1, 2, 3, 4}});
  return insights_json(insights, {.blob = "b", .content_root = {}, .job = {}, .purpose = {}, .redacted = {}});
}

TEST(InsightsJson, ConfidencesArePlainDecimals) {
  for (auto [confidence, text] : {std::pair<worker::Permille, const char*>{728, "0.728"},
                                  {1, "0.001"},
                                  {500, "0.5"},
                                  {0, "0"},
                                  {1000, "1"}})
    EXPECT_NE(with_confidence(confidence).find(fmt::format("\"confidence\":{}}}", text)), std::string::npos)
        << with_confidence(confidence);
}

TEST(InsightsJson, IsJsonWhateverALabelHolds) {
  auto document = boost::json::parse(with_confidence(728));
  EXPECT_EQ(document.at_pointer("/objectsResult/values/0/tags/0/name").as_string(), "a \"dog\"\n");
  EXPECT_EQ(document.at_pointer("/metadata/width").to_number<int>(), 640);
  EXPECT_TRUE(document.at_pointer("/vitrine/facesToCover").as_array().empty());
  EXPECT_FALSE(document.at("vitrine").as_object().contains("redactedCopy"));
}

}  // namespace
}  // namespace vitrine::analysis
