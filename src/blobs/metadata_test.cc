#include "blobs/metadata.h"

#include <gtest/gtest.h>

namespace vitrine::blobs {
namespace {

TEST(Metadata, KeepsOrderAndCase) {
  Metadata metadata;
  ASSERT_TRUE(add_metadata(metadata, "Zeta", "1"));
  ASSERT_TRUE(add_metadata(metadata, "_a9", ""));
  EXPECT_EQ(metadata, (Metadata{{"Zeta", "1"}, {"_a9", ""}}));
}

TEST(Metadata, Refusals) {
  struct Row {
    std::string name, value;
    Code code;
  };
  for (const auto& [name, value, code] : {
           Row{"", "v", Code::EmptyMetadataKey},
           Row{"9a", "v", Code::InvalidMetadata},
           Row{"a-b", "v", Code::InvalidMetadata},
           Row{"a.b", "v", Code::InvalidMetadata},
           Row{"caf\xc3\xa9", "v", Code::InvalidMetadata},
           Row{"a", "line\nbreak", Code::InvalidMetadata},
           Row{"a", "\xff", Code::InvalidMetadata},
           Row{"THERE", "v", Code::InvalidMetadata},
           Row{"large", std::string(kMostMetadataBytes - 9, 'x'), Code::MetadataTooLarge},
       }) {
    Metadata metadata;
    ASSERT_TRUE(add_metadata(metadata, "there", ""));
    EXPECT_EQ(add_metadata(metadata, name, value).error().code, code) << name;
    EXPECT_EQ(metadata.size(), 1u);
  }
}

TEST(Metadata, TheLimitItselfFits) {
  Metadata metadata;
  EXPECT_TRUE(add_metadata(metadata, "large", std::string(kMostMetadataBytes - 5, 'x')));
}

}  // namespace
}  // namespace vitrine::blobs
