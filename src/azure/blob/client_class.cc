#include "azure/blob/client_class.h"

namespace vitrine::azure::blob {
namespace {

struct Rule {
  std::string_view part;  // of the User-Agent
  std::string_view name;
};

// Programs stand before the SDKs that they are built with and that they name as well.
constexpr Rule kRules[] = {
    {"AzCopy/", "azcopy"},
    {"AZURECLI/", "az-cli"},
    {"rclone/", "rclone"},
    {"restic/", "restic"},
    {"StorageExplorer", "storage-explorer"},
    {"Storage Explorer", "storage-explorer"},
    {"duplicity", "duplicity"},
    {"azsdk-python-", "sdk-python"},
    {"azsdk-js-", "sdk-javascript"},
    {"azsdk-go-", "sdk-go"},
    {"azsdk-java-", "sdk-java"},
    {"azsdk-net-", "sdk-dotnet"},
    {"azsdk-rust-", "sdk-rust"},
    {"azsdk-cpp-", "sdk-cpp"},
    {"curl/", "curl"},
    {"Mozilla/", "browser"},
};

}  // namespace

std::string_view client_class(const http::Headers& headers) {
  auto agent = headers.get("User-Agent").value_or("");
  for (const auto& rule : kRules)
    if (agent.contains(rule.part)) return rule.name;
  return "other";
}

}  // namespace vitrine::azure::blob
