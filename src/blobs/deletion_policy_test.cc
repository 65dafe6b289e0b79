#include "blobs/deletion_policy.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "blobs/deleted_container.h"

namespace vitrine::blobs {
namespace {

TEST(DeletionPolicy, KeepsAsTheSettingsSay) {
  EXPECT_EQ(deletion_policy({}), DeletionPolicy());
  EXPECT_EQ(deletion_policy({.enabled = true, .days = 7, .allows_permanent_delete = true}),
            (DeletionPolicy{std::chrono::days(7), true}));
  EXPECT_EQ(deletion_policy({.enabled = false, .days = 7}), DeletionPolicy());
}

TEST(DeletedContainer, IsNamedByItsMoment) {
  const auto moment = Moment::from_ticks(0x08de27b3c4a5d6e0);
  EXPECT_EQ(version_text(moment), "08DE27B3C4A5D6E0");
  EXPECT_EQ(parse_container_version("08DE27B3C4A5D6E0").value(), moment);
  EXPECT_EQ(parse_container_version("08de27b3c4a5d6e0").value(), moment);
  for (const auto* text :
       {"", "8DE27B3C4A5D6E0", "08DE27B3C4A5D6E0F", "08DE27B3C4A5D6EG", "+8DE27B3C4A5D6E0"})
    EXPECT_EQ(parse_container_version(text).error().code, Code::InvalidHeaderValue) << text;
}

TEST(DeletedContainer, LiesUnderItsNameAndMoment) {
  const auto account = *identity::AccountName::parse("city");
  const auto key = deleted_container_key(account, *ContainerName::parse("box"), Moment::from_ticks(258));
  const auto prefix = deleted_container_prefix(account);
  ASSERT_TRUE(key.bytes.starts_with(prefix));
  const auto suffix = key.bytes.substr(prefix.size());
  EXPECT_EQ(to_hex(as_bytes(suffix)), "626f78000000000000000102");
  const auto parsed = parse_deleted_name(suffix).value();
  EXPECT_EQ(parsed.name, "box");
  EXPECT_EQ(parsed.deleted, Moment::from_ticks(258));
  EXPECT_FALSE(parse_deleted_name("box"));
  EXPECT_FALSE(parse_deleted_name(suffix + "x"));
}

}  // namespace
}  // namespace vitrine::blobs
