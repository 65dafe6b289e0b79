#include "azure/blob/tags_coding.h"

#include <gtest/gtest.h>

namespace vitrine::azure::blob {
namespace {

using Values = std::map<std::string, std::string>;

Result<std::optional<blobs::Tags>> parse(std::string_view header) {
  http::Headers headers;
  headers.add("x-ms-tags", header);
  return parse_tags(headers);
}

TEST(TagsCoding, TheHeaderIsAQuery) {
  EXPECT_FALSE(parse("")->has_value());
  EXPECT_EQ((*parse("a=1&b="))->values, (Values{{"a", "1"}, {"b", ""}}));
  EXPECT_EQ((*parse("my+key=x%2By%20z"))->values, (Values{{"my key", "x+y z"}}));
  for (auto wrong : {"a", "=1", "a=1&a=2", "a=1&&b=2", "a=1,", "a=%zz", "a=%00", "a=%26",
                     "0=&1=&2=&3=&4=&5=&6=&7=&8=&9=&a="}) {
    const auto parsed = parse(wrong);
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_EQ(parsed.error().code, Code::InvalidHeaderValue) << wrong;
  }
}

TEST(TagsCoding, ADocumentIsReadAsItIsWritten) {
  blobs::Tags tags;
  ASSERT_TRUE(tags.add("a", "1"));
  ASSERT_TRUE(tags.add("b", " "));
  XmlWriter xml;
  write_tags(xml, tags);
  EXPECT_EQ(*parse_tags_document(xml.take()), tags);
  EXPECT_TRUE(parse_tags_document("<Tags><TagSet/></Tags>")->values.empty());
  EXPECT_TRUE(parse_tags_document("<Tags>\n <TagSet>\n </TagSet>\n</Tags>")->values.empty());
}

TEST(TagsCoding, WrongDocuments) {
  const auto tag = [](std::string_view inner) {
    return "<Tags><TagSet>" + std::string(inner) + "</TagSet></Tags>";
  };
  for (const auto& [xml, code] : {
           std::pair{std::string("<Tags/>"), Code::InvalidXmlDocument},
           {"<Tag/>", Code::InvalidXmlDocument},
           {tag("<Tag><Key>a</Key></Tag>"), Code::InvalidXmlDocument},
           {tag("<Other><Key>a</Key><Value>1</Value></Other>"), Code::InvalidXmlDocument},
           {tag("a=1"), Code::InvalidXmlDocument},
           {tag("<Tag><Key/><Value>1</Value></Tag>"), Code::InvalidInput},
           {tag("<Tag><Key>a!</Key><Value>1</Value></Tag>"), Code::InvalidInput},
       })
    EXPECT_EQ(parse_tags_document(xml).error().code, code) << xml;
}

}  // namespace
}  // namespace vitrine::azure::blob
