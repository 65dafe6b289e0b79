#include "azure/blob/client_class.h"

#include <gtest/gtest.h>

namespace vitrine::azure::blob {
namespace {

TEST(ClientClass, ProgramsComeBeforeTheirSdks) {
  struct Row {
    std::string_view agent, name;
  };
  for (auto [agent, expected] : {
           Row{"azsdk-python-storage-blob/12.31.1 Python/3.11.2 (Linux)", "sdk-python"},
           Row{"azsdk-js-azure-storage-blob/12.32.0 core-rest-pipeline/1.23.0", "sdk-javascript"},
           Row{"azsdk-go-azblob/v1.6.4 (go1.25; linux)", "sdk-go"},
           Row{"azsdk-java-azure-storage-blob/12.33.0 (21.0.1; Linux; 6.1)", "sdk-java"},
           Row{"azsdk-net-Storage.Blobs/12.26.0 (.NET 9.0.0; Linux)", "sdk-dotnet"},
           Row{"AzCopy/10.31.0 azsdk-go-azblob/v1.6.3 (go1.24; linux)", "azcopy"},
           Row{"AZURECLI/2.80.0 (PIP) azsdk-python-storage-blob/12.27.1", "az-cli"},
           Row{"rclone/v1.72.0 azsdk-go-azblob/v1.6.3", "rclone"},
           Row{"something/1.0", "other"},
           Row{"", "other"},
       }) {
    http::Headers headers;
    headers.add("User-Agent", agent);
    EXPECT_EQ(client_class(headers), expected) << agent;
  }
  EXPECT_EQ(client_class({}), "other");
}

}  // namespace
}  // namespace vitrine::azure::blob
