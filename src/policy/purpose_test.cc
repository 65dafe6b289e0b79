#include "policy/purpose.h"

#include <gtest/gtest.h>

namespace vitrine::policy {
namespace {

TEST(Purpose, TheShippedRegisterHasEveryPurposeOfTheProduct) {
  auto shipped = PurposeRegister::shipped();
  for (auto id : {"development", "archive", "public-records-release", "evidence-review", "journalism",
                  "research-aggregate", "publication", "operations"})
    EXPECT_NE(shipped.find(id), nullptr) << id;
  EXPECT_EQ(shipped.find("surveillance"), nullptr);
  EXPECT_EQ(shipped.find("public-records-release")->obligations, std::vector{Obligation::BlurFaces});
  EXPECT_FALSE(shipped.find("archive")->covers(Service::Image));
}

TEST(Purpose, RefusesARegisterThatItCannotMean) {
  struct Row {
    const char* toml;
    const char* says;
  };
  const std::string head = "[[purpose]]\nid='a'\ntitle='t'\ndpv='d'\n";
  for (auto [toml, says] :
       {Row{"", "no [[purpose]]"}, Row{"[[purpose]", "line 1"}, Row{"[[purpose]]\nid='a'", "'title'"}})
    EXPECT_NE(PurposeRegister::parse(toml).error().message.find(says), std::string::npos) << toml;
  for (auto [toml, says] :
       {Row{"services=['minds']", "'minds' is no service"},
        Row{"obligations=['forget']", "'forget' is no obligation"},
        Row{"budget=[{service='image',quantity='items',window='year',limit=1}]", "no window"},
        Row{"budget=[{service='image',quantity='items',window='day',limit=-1}]", "limit"},
        Row{"[[purpose]]\nid='a'\ntitle='t'\ndpv='d'", "twice"}}) {
    auto parsed = PurposeRegister::parse(head + toml);
    ASSERT_FALSE(parsed) << toml;
    EXPECT_NE(parsed.error().message.find(says), std::string::npos) << parsed.error().message;
  }
}

TEST(Purpose, TheServersOwnMustBeThereAndCoverStorage) {
  const std::string other = "[[purpose]]\nid='a'\ntitle='t'\ndpv='d'\nservices=['storage']\n";
  const std::string own = "[[purpose]]\nid='operations'\ntitle='t'\ndpv='d'\n";
  EXPECT_TRUE(PurposeRegister::parse(other + own + "services=['storage']"));
  for (const auto& toml : {other, other + own, other + own + "services=['image']"}) {
    auto parsed = PurposeRegister::parse(toml);
    ASSERT_FALSE(parsed) << toml;
    EXPECT_EQ(parsed.error().code, Code::InvalidInput);
    EXPECT_NE(parsed.error().message.find("no purpose 'operations' that covers storage"), std::string::npos);
  }
}

}  // namespace
}  // namespace vitrine::policy
