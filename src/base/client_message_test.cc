#include "base/client_message.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(WithoutFolders, FilesKeepTheirNames) {
  EXPECT_EQ(without_folders("Could not sync /srv/data/extents/01.extent: Input/output error."),
            "Could not sync 01.extent: Input/output error.");
  EXPECT_EQ(without_folders("/a/b and /c"), "b and c");
}

TEST(WithoutFolders, OtherWordsStayAsTheyAre) {
  for (const auto* words : {"", " ", "no  path at all ", "and/or"}) EXPECT_EQ(without_folders(words), words);
}

TEST(MessageForClient, OfDamageTellsWhoKnowsMore) {
  EXPECT_EQ(message_for_client({Code::Corrupt, "Damaged.", {}}),
            "Damaged. The server's log tells its operator more.");
  EXPECT_EQ(message_for_client({Code::BlobNotFound, "Gone.", {}}), "Gone.");
}

}  // namespace
}  // namespace vitrine
