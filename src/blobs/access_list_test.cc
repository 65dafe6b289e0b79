#include "blobs/access_list.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace vitrine::blobs {
namespace {

const AccessList kOpened{.level = PublicAccess::Container,
                         .purpose = "archive",
                         .policies = {{"p", "2026-01-01", "2027-01-01", "rl"}, {"q", "", "", ""}}};

TEST(AccessList, IsKeptAsDocumented) {
  EXPECT_EQ(to_hex(kOpened.encode()),
            "8302676172636869766582846170"
            "6a323032362d30312d30316a323032372d30312d303162726c"
            "846171606060");
  EXPECT_EQ(*AccessList::decode(kOpened.encode()), kOpened);
  const auto bytes = kOpened.encode();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(AccessList::decode(ConstBytes(bytes).first(size)).error().code, Code::Corrupt) << size;
  auto wrong = bytes;
  wrong[1] = 3;
  EXPECT_EQ(AccessList::decode(wrong).error().code, Code::Corrupt) << "no such level";
  wrong = bytes;
  wrong.push_back(0);
  EXPECT_EQ(AccessList::decode(wrong).error().code, Code::Corrupt) << "something behind it";
}

TEST(AccessList, OfAContainerThatWasNeverOpenedIsEmpty) {
  Attributes attributes;
  EXPECT_EQ(*access_list(attributes), AccessList());
  set_attribute(attributes, std::optional(kOpened));
  EXPECT_EQ(*access_list(attributes), kOpened);
}

TEST(AccessList, FindsPoliciesByTheirIds) {
  EXPECT_EQ(kOpened.find("q"), &kOpened.policies[1]);
  EXPECT_EQ(kOpened.find("P"), nullptr);
}

}  // namespace
}  // namespace vitrine::blobs
