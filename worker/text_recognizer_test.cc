#include "worker/text_recognizer.h"

#include <gtest/gtest.h>

namespace vitrine::worker {
namespace {

const std::vector<std::string> kCharacters{"", "a", "b", "é", " "};

ReadLine joined(const std::vector<std::size_t>& characters) {
  std::vector<Step> steps;
  for (auto character : characters) steps.push_back({character, 0.5f});
  return join_steps(steps, kCharacters);
}

TEST(TextRecognizer, RepetitionsCountOnceUnlessSeparated) {
  EXPECT_EQ(joined({1, 1, 0, 1, 3, 3, 2}).text, "aaéb");
  EXPECT_EQ(joined({}).text, "");
  EXPECT_EQ(joined({0, 0}).confidence, 0);
}

TEST(TextRecognizer, WordsEndInTheMiddleOfSpaces) {
  auto line = joined({1, 2, 0, 4, 0, 3, 0, 0, 4, 1});
  EXPECT_EQ(line.text, "ab é a");
  ASSERT_EQ(line.words.size(), 3u);
  EXPECT_EQ(line.words[1].text, "é");
  EXPECT_FLOAT_EQ(line.words[0].begin, 0);
  EXPECT_FLOAT_EQ(line.words[0].end, 0.35f);
  EXPECT_FLOAT_EQ(line.words[1].begin, 0.35f);
  EXPECT_FLOAT_EQ(line.words[1].end, 0.85f);
  EXPECT_FLOAT_EQ(line.words[2].end, 1);
}

TEST(TextRecognizer, ConfidenceIsTheMeanOverCharacters) {
  auto line = join_steps({{1, 1.0f}, {1, 0.1f}, {0, 0.9f}, {2, 0.5f}}, kCharacters);
  EXPECT_FLOAT_EQ(line.confidence, 0.75f);
}

}  // namespace
}  // namespace vitrine::worker
