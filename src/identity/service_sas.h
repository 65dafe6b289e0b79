// Service SAS: a query string by which an account key, or a user delegation key, lends what may be done with
// one container or blob.
// Source: Azure Storage REST, "Create a service SAS", "Create a user delegation SAS", and what the official
// SDKs sign.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "identity/delegation.h"
#include "identity/key_ring.h"
#include "identity/sas.h"

namespace vitrine::identity {

/// What a request is about, decoded. Views that outlive their use.
struct SasTarget {
  std::string_view account, container, blob;  ///< empty: none
};

/// A parsed service SAS. The texts are the decoded parameters exactly as sent.
struct ServiceSas : SasTerms, DelegationTerms {
  std::string resource;    ///< sr: "c", "b", "bs" or "bv"
  std::string moment;      ///< the snapshot ("bs") or version ("bv") that it is of
  std::string identifier;  ///< si: a stored access policy of the container
  std::string cache_control, content_disposition, content_encoding, content_language, content_type;

  std::string authorized_oid, unauthorized_oid, correlation_id;  ///< saoid, suoid, scid
  std::string delegated_user;                                    ///< sduoid: who alone may use it
  std::string signed_headers, signed_parameters;                 ///< what srh and srq name, as it is signed

  /// Whether a user delegation key made it.
  [[nodiscard]] bool is_delegated() const { return !object_id.empty(); }
  [[nodiscard]] bool is_of_container() const { return resource == "c"; }
};

/// A stored access policy: what every SAS that names it is bound to. Texts are empty where it leaves
/// something to the SAS.
struct StoredPolicy {
  std::string id, start, expiry, permissions;

  friend bool operator==(const StoredPolicy&, const StoredPolicy&) = default;
};

/// Whether the query carries the parameters of a service SAS.
bool is_service_sas(std::span<const NameValue> query);

/// Reads the parameters, `sv` 2012-02-12 and later; unknown later versions are read as the newest known.
/// Permissions and times may be missing: a stored policy can say them. A user delegation SAS has `sv`
/// 2018-11-09 or later, and can name headers of the request that it signs. Errors: AuthenticationFailed for
/// everything malformed, a repeated parameter, and one that the version does not sign.
Result<ServiceSas> parse_service_sas(std::span<const NameValue> query,
                                     std::span<const NameValue> headers = {});

/// The text that is signed for the container or blob; its lines depend on the version.
std::string string_to_sign(const ServiceSas& sas, const SasTarget& target);

/// The key that signed it for this container or blob; never null. Nothing else is checked. Errors:
/// AuthenticationFailed.
Result<const AccessKey*> find_signer(const ServiceSas& sas, const SasTarget& target, const KeyRing& keys);

/// Whether the key, that of its delegation, signed it for this container or blob. Errors:
/// AuthenticationFailed.
Result<void> check_signature(const ServiceSas& sas, const SasTarget& target, ConstBytes delegation_key);

/// Takes over what the policy that the SAS names says; null when the container has none of that id. Errors:
/// AuthenticationFailed, also for what both of them say.
Result<void> apply(const StoredPolicy* policy, ServiceSas& sas);

}  // namespace vitrine::identity
