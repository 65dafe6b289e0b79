#include "blobs/tag_index.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "crypto/mac.h"

namespace vitrine::blobs {
namespace {

const ContainerId kContainer{1, 2, 3};
const TaggedBlob kBlob{"acct", "con", kContainer, "a/b"};

keys::DataKeys test_keys() {
  return keys::DataKeys({keys::DataKey(1, crypto::Aes256Key{}, keys::Owner{})});
}

BlobHead head_with(std::initializer_list<std::pair<const std::string, std::string>> values) {
  Tags tags;
  tags.values = values;
  BlobHead head;
  set_attribute(head.attributes, std::optional(tags));
  return head;
}

/// Keys of what is written, behind those of what is erased, each with its sign.
std::vector<std::string> changes(const BlobHead* before, const BlobHead* after) {
  std::vector<store::Write> writes;
  EXPECT_TRUE(update_tag_rows(writes, test_keys(), kBlob, before, after));
  std::vector<std::string> told;
  for (const auto& write : writes) {
    EXPECT_EQ(write.key.table, store::Table::State);
    const auto key = parse_tag_key(write.key.bytes, "acct").value();
    EXPECT_EQ(key.container, kContainer);
    EXPECT_EQ(key.blob, "a/b");
    told.push_back((write.value ? '+' : '-') + std::string(key.key) + '=' + std::string(key.value));
  }
  return told;
}

TEST(TagRows, FollowTheHead) {
  using Told = std::vector<std::string>;
  const auto none = BlobHead(), one = head_with({{"a", "1"}}), two = head_with({{"a", "1"}, {"b", "2"}}),
             other = head_with({{"a", "3"}});
  auto deleted = one;
  deleted.deletion.emplace();
  EXPECT_EQ(changes(nullptr, &none), Told{});
  EXPECT_EQ(changes(nullptr, &one), Told{"+a=1"});
  EXPECT_EQ(changes(&one, &one), Told{});
  EXPECT_EQ(changes(&one, &two), (Told{"+a=1", "+b=2"})) << "each row has all tags";
  EXPECT_EQ(changes(&two, &other), (Told{"-a=1", "-b=2", "+a=3"}));
  EXPECT_EQ(changes(&one, &deleted), Told{"-a=1"});
  EXPECT_EQ(changes(&deleted, &one), Told{"+a=1"});
  EXPECT_EQ(changes(&two, nullptr), (Told{"-a=1", "-b=2"}));
}

TEST(TagRows, GoldenBytes) {
  std::vector<store::Write> writes;
  const auto head = head_with({{"a", "1"}});
  ASSERT_TRUE(update_tag_rows(writes, test_keys(), kBlob, nullptr, &head));
  EXPECT_EQ(to_hex(as_bytes(writes.at(0).key.bytes)),
            "7461672f616363742f"
            "6100"
            "3100"
            "01020300000000000000000000000000"
            "612f62");
  const auto row = encode_tag_row({"con", *attribute<Tags>(head.attributes).value()});
  EXPECT_EQ(to_hex(as_bytes(row)),
            "8263636f6e"
            "46818261616131");
  EXPECT_EQ(decode_tag_row(row)->container_name, "con");
  EXPECT_EQ(decode_tag_row(row)->tags.values, (std::map<std::string, std::string>{{"a", "1"}}));
  for (std::size_t size = 0; size < row.size(); ++size)
    EXPECT_EQ(decode_tag_row(row.substr(0, size)).error().code, Code::Corrupt);
}

TEST(TagRows, AKeyThatIsNoneIsCorrupt) {
  for (const std::string& key :
       {std::string("tag/acct/"), std::string("tag/acct/a"), std::string("tag/other/a\0b\0", 14),
        tag_prefix("acct", "a", "b") + std::string(16, 'x')})
    EXPECT_EQ(parse_tag_key(key, "acct").error().code, Code::Corrupt);
}

TEST(TagStretch, HoldsWhatASearchFinds) {
  const auto key_of = [](std::string_view value) {
    return tag_prefix("acct", "k", value) + "0123456789abcdefb";
  };
  struct Row {
    std::string_view search;
    std::vector<std::string_view> inside, outside;
  };
  for (const Row& row : {
           Row{"k='b'", {"b"}, {"a", "ba", "c"}},
           Row{"k>'b'", {"ba", "c"}, {"a", "b"}},
           Row{"k>='b'", {"b", "ba"}, {"a", "az"}},
           Row{"k<'b'", {"", "a", "az"}, {"b", "ba"}},
           Row{"k<='b'", {"a", "b"}, {"ba", "c"}},
           Row{"k>'a' and k<='b'", {"aa", "b"}, {"a", "ba"}},
           Row{"k>'b' and k<'a'", {}, {"a", "aa", "b", "c"}},
           Row{"other>'a' and k='b'", {"b"}, {"a"}},
       }) {
    const auto stretch = stretch_of(TagSearch::parse(row.search).value(), "acct", std::nullopt);
    const auto holds = [&](std::string_view value) {
      return stretch.from <= key_of(value) && key_of(value) < stretch.to;
    };
    for (auto value : row.inside) EXPECT_TRUE(holds(value)) << row.search << ' ' << value;
    for (auto value : row.outside) EXPECT_FALSE(holds(value)) << row.search << ' ' << value;
  }
  const auto only = stretch_of(TagSearch::parse("k='b'").value(), "acct", kContainer);
  EXPECT_EQ(only.from, tag_prefix("acct", "k", "b") + std::string(as_text(kContainer)));
}

}  // namespace
}  // namespace vitrine::blobs
