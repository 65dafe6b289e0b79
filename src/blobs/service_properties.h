// The settings of an account's blob service.
// Source: Azure Storage REST, "Set Blob Service Properties".
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "identity/names.h"
#include "keys/data_key.h"
#include "store/commit.h"

namespace vitrine::blobs {

/// How long something is kept; none: for ever, or not at all.
using RetentionDays = std::optional<std::uint32_t>;
inline constexpr std::uint32_t kMostRetentionDays = 365;

/// Which requests a client wants written down. Kept and told: every request has its record anyway.
struct LoggingSettings {
  bool deletes = false;
  bool reads = false;
  bool writes = false;
  RetentionDays retention{};
  friend bool operator==(const LoggingSettings&, const LoggingSettings&) = default;
};

/// Kept and told, like those of logging.
struct MetricsSettings {
  bool enabled = false;
  bool include_apis = false;
  RetentionDays retention{};
  friend bool operator==(const MetricsSettings&, const MetricsSettings&) = default;
};

/// What a page from another origin may ask for. Source: Azure Storage REST, "CORS support".
struct CorsRule {
  std::vector<std::string> origins;          ///< as browsers send them; "*" alone: any
  std::vector<std::string> methods;          ///< in capitals
  std::vector<std::string> allowed_headers;  ///< of the request: names, or beginnings of names before a '*'
  std::vector<std::string> exposed_headers;  ///< of the answer, likewise
  std::chrono::seconds max_age{};            ///< so long a browser may keep the answer to its preflight
  friend bool operator==(const CorsRule&, const CorsRule&) = default;
};
inline constexpr std::size_t kMostCorsRules = 5, kMostCorsOrigins = 64, kMostCorsHeaders = 64,
                             kMostCorsPrefixes = 2;

/// Whether and how long deleted blobs may be restored.
struct DeleteRetention {
  bool enabled = false;
  std::uint32_t days = 0;                ///< 1 to 365 where it is enabled
  bool allows_permanent_delete = false;  ///< of what is deleted
  friend bool operator==(const DeleteRetention&, const DeleteRetention&) = default;
};

/// The container of a site.
inline constexpr std::string_view kWebContainer = "$web";

/// The container $web as a site. Of the two documents for folders at most one is set.
struct StaticWebsite {
  bool enabled = false;
  std::string index_document;          ///< its name in every folder
  std::string default_index_document;  ///< its path, for whatever is asked for
  std::string error_document;          ///< its path, where there is nothing
  std::string purpose{};               ///< for which it was switched on; visitors read for it
  friend bool operator==(const StaticWebsite&, const StaticWebsite&) = default;
};

struct ServiceProperties {
  LoggingSettings logging{};
  MetricsSettings hour_metrics{};
  MetricsSettings minute_metrics{};
  std::vector<CorsRule> cors{};   ///< the first that fits counts
  std::string default_version{};  ///< empty: none was set
  DeleteRetention delete_retention{};
  StaticWebsite static_website{};
  friend bool operator==(const ServiceProperties&, const ServiceProperties&) = default;
};

/// What is not there stays as it is.
struct ServicePropertiesChange {
  std::optional<LoggingSettings> logging{};
  std::optional<MetricsSettings> hour_metrics{};
  std::optional<MetricsSettings> minute_metrics{};
  std::optional<std::vector<CorsRule>> cors{};
  std::optional<std::string> default_version{};
  std::optional<DeleteRetention> delete_retention{};
  std::optional<StaticWebsite> static_website{};
};
void apply(ServicePropertiesChange change, ServiceProperties& properties);

/// Deterministic CBOR (docs/formats/heads.md).
std::string encode_service_properties(const ServiceProperties& properties);
/// Errors: Corrupt.
Result<ServiceProperties> decode_service_properties(std::string_view bytes);

/// Where they are kept; an account whose settings were never changed has no row.
store::Key service_properties_key(const identity::AccountName& account);

}  // namespace vitrine::blobs
