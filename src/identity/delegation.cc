#include "identity/delegation.h"

#include <fmt/format.h>

#include "identity/sas.h"

namespace vitrine::identity {
namespace {

Result<std::chrono::sys_seconds> parse_time(std::string_view text, std::string_view parameter) {
  const auto time = parse_iso8601(text);
  if (!time) return refuse_sas(fmt::format("has an invalid time of its key ({})", parameter));
  return std::chrono::floor<std::chrono::seconds>(*time);
}

}  // namespace

Result<std::string> derivation_text(const DelegationTerms& terms) {
  const auto start = TRY(parse_time(terms.key_start, "skt")),
             expiry = TRY(parse_time(terms.key_expiry, "ske"));
  return fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}", terms.object_id, terms.tenant,
                     start.time_since_epoch().count(), expiry.time_since_epoch().count(), terms.key_service,
                     terms.key_version, terms.delegated_tenant);
}

Result<void> check_delegation(const DelegationTerms& terms, Timestamp now) {
  if (terms.key_service != "b")
    return refuse_sas("was made with a user delegation key that is not for blobs");
  const auto start = TRY(parse_time(terms.key_start, "skt")),
             expiry = TRY(parse_time(terms.key_expiry, "ske"));
  if (now >= start && now < expiry) return {};
  return refuse_sas(fmt::format("was made with a user delegation key that holds from {} until {}",
                                terms.key_start, terms.key_expiry));
}

}  // namespace vitrine::identity
