#include "platform/json_fields.h"

#include <gtest/gtest.h>

namespace vitrine::platform {
namespace {

TEST(JsonFields, GivesEachFieldOnce) {
  auto fields =
      JsonFields::parse(R"({"name":"a","none":null,"list":["x","y"],"keys":[{"n":"1"},{"n":"2"}]})").value();
  EXPECT_EQ(fields.text("name"), "a");
  EXPECT_EQ(fields.optional_text("none").value(), std::nullopt);
  EXPECT_EQ(fields.optional_text("absent").value(), std::nullopt);
  EXPECT_EQ(fields.texts("list").value(), (std::vector<std::string>{"x", "y"}));
  EXPECT_TRUE(fields.texts("absent").value().empty());
  auto keys = fields.objects("keys").value();
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_EQ(keys[1].text("n"), "2");
  EXPECT_TRUE(fields.end());
  EXPECT_FALSE(fields.text("name"));
}

TEST(JsonFields, ReadsFlagsAndNumbers) {
  auto fields = JsonFields::parse(R"({"on":true,"off":false,"many":18446744073709551615,"word":"1",
                                      "less":-1,"part":1.5})")
                    .value();
  EXPECT_TRUE(fields.flag("on").value());
  EXPECT_FALSE(fields.flag("off").value());
  EXPECT_FALSE(fields.flag("absent").value());
  EXPECT_EQ(fields.number("many").value(), UINT64_MAX);
  EXPECT_EQ(fields.number("absent").value(), 0u);
  for (const auto* name : {"word", "less", "part"}) EXPECT_FALSE(fields.number(name)) << name;
  EXPECT_FALSE(JsonFields::parse(R"({"on":1})").value().flag("on"));
}

TEST(JsonFields, NamesWhatIsWrong) {
  struct Case {
    std::string_view document;
    Result<void> (*read)(JsonFields&);
    std::string_view named;
  };
  constexpr auto text = [](JsonFields& f) -> Result<void> {
    TRY(f.text("a"));
    return f.end();
  };
  constexpr auto optional = [](JsonFields& f) -> Result<void> {
    TRY(f.optional_text("a"));
    return f.end();
  };
  constexpr auto texts = [](JsonFields& f) -> Result<void> {
    TRY(f.texts("a"));
    return f.end();
  };
  constexpr auto objects = [](JsonFields& f) -> Result<void> {
    TRY(f.objects("a"));
    return f.end();
  };
  const Case cases[] = {
      {R"({})", text, "'a' is missing"},
      {R"({"a":null})", text, "'a' is missing"},
      {R"({"a":1})", text, "'a' is not a text"},
      {R"({"a":true})", optional, "'a' is not a text"},
      {R"({"a":"x"})", texts, "'a' is not an array"},
      {R"({"a":["x",1]})", texts, "'a' is not an array"},
      {R"({"a":["x"]})", objects, "'a' is not an array of objects"},
      {R"({"a":"x","b":1})", text, "no field 'b'"},
  };
  for (const auto& wrong : cases) {
    auto fields = JsonFields::parse(wrong.document).value();
    auto read = wrong.read(fields);
    ASSERT_FALSE(read) << wrong.document;
    EXPECT_EQ(read.error().code, Code::InvalidInput);
    EXPECT_NE(read.error().message.find(wrong.named), std::string::npos) << read.error().message;
  }
}

TEST(JsonFields, RefusesWhatIsNoObject) {
  for (auto document : {"", "[]", "1", "{", R"({"a":1}{)", R"({"a":1,})", "{'a':1}"})
    EXPECT_EQ(JsonFields::parse(document).error().code, Code::InvalidInput) << document;
}

}  // namespace
}  // namespace vitrine::platform
