#include "azure/blob/listing_xml.h"

#include <algorithm>

#include "azure/blob/acl_xml.h"
#include "azure/blob/blob_type.h"
#include "azure/blob/copy_words.h"
#include "azure/blob/lease_words.h"
#include "azure/blob/lifetime_headers.h"
#include "azure/blob/request_headers.h"
#include "azure/blob/tags_coding.h"
#include "azure/blob/tier_words.h"
#include "azure/blob/xml_writer.h"
#include "base/encoding.h"
#include "blobs/customer_key.h"
#include "blobs/deleted_container.h"

namespace vitrine::azure::blob {
namespace {

/// About what a blob without metadata takes, its name among it.
constexpr std::size_t kBytesOfABlob = 800;

/// Every blob and container has a lease state on the wire.
void write_lease(XmlWriter& xml, const blobs::Attributes& attributes, Timestamp now) {
  const auto words = lease_words(attributes, now);
  xml.text("LeaseStatus", words.status).text("LeaseState", words.state);
  if (!words.duration.empty()) xml.text("LeaseDuration", words.duration);
}

void write_tier(XmlWriter& xml, const TierWords& words) {
  xml.text("AccessTier", words.tier);
  if (words.set)
    xml.text("AccessTierChangeTime", to_http_date(*words.set));
  else
    xml.text("AccessTierInferred", "true");
  if (words.archive_status.empty()) return;
  xml.text("ArchiveStatus", words.archive_status).text("RehydratePriority", words.priority);
}

/// None where they cannot be read: a listing tells of all other blobs still.
std::optional<blobs::Tags> tags_of(const blobs::BlobHead& head) {
  auto tags = blobs::attribute<blobs::Tags>(head.attributes);
  return tags ? *tags : std::nullopt;
}

std::optional<blobs::EncryptedWith> key_of(const blobs::BlobHead& head) {
  auto with = blobs::attribute<blobs::EncryptedWith>(head.attributes);
  return with ? *with : std::nullopt;
}

void write_metadata(XmlWriter& xml, const blobs::Metadata& metadata) {
  xml.open("Metadata");
  for (const auto& [name, value] : metadata) xml.text(name, value);
  xml.close("Metadata");
}

/// Metadata is for who has the content's key.
void write_metadata_of(XmlWriter& xml, const blobs::BlobHead& head) {
  if (key_of(head))
    xml.open("Metadata").attribute("Encrypted", "true").close("Metadata");
  else
    write_metadata(xml, head.metadata);
}

void write_request(XmlWriter& xml, const ListingRequest& request) {
  xml.name("Prefix", request.prefix).text("Marker", request.marker);
  if (request.most) xml.number("MaxResults", *request.most);
  if (!request.delimiter.empty()) xml.name("Delimiter", request.delimiter);
}

/// Until when what is deleted can be restored.
void write_deletion(XmlWriter& xml, const blobs::Deletion& deletion, Timestamp now) {
  const auto left = std::chrono::floor<std::chrono::days>(deletion.kept_until - now);
  xml.text("DeletedTime", to_http_date(deletion.deleted));
  xml.number("RemainingRetentionDays", static_cast<std::uint64_t>(std::max<std::int64_t>(left.count(), 0)));
}

void write_lifetime(XmlWriter& xml, const blobs::Attributes& attributes, const ListingRequest& request) {
  if (const auto expiry = told<blobs::Expiry>(attributes)) xml.text("Expiry-Time", to_http_date(expiry->at));
  if (const auto policy = told<blobs::ImmutabilityPolicy>(attributes); policy && request.include_policy)
    xml.text("ImmutabilityPolicyUntilDate", to_http_date(policy->until))
        .text("ImmutabilityPolicyMode", word_of(policy->mode));
  if (request.include_legal_hold && attributes.contains(blobs::LegalHold::kAttribute))
    xml.text("LegalHold", "true");
}

void write_container(XmlWriter& xml, const operations::ListedContainer& container, bool with_metadata,
                     Timestamp now) {
  xml.open("Container").text("Name", container.name);
  if (container.deleted)
    xml.text("Deleted", "true").text("Version", blobs::version_text(container.deleted->version));
  xml.open("Properties");
  xml.text("Last-Modified", to_http_date(container.head.last_modified));
  xml.text("Etag", container.head.etag.quoted());
  write_lease(xml, container.head.attributes, now);
  if (container.level != blobs::PublicAccess::None) xml.text("PublicAccess", word_of(container.level));
  xml.text("DefaultEncryptionScope", "$account-encryption-key").text("DenyEncryptionScopeOverride", "false");
  xml.text("HasImmutabilityPolicy", "false").text("HasLegalHold", "false");
  xml.text("ImmutableStorageWithVersioningEnabled", "true");
  if (container.deleted) write_deletion(xml, container.deleted->deletion, now);
  xml.close("Properties");
  if (with_metadata) write_metadata(xml, container.head.metadata);
  xml.close("Container");
}

void write_content(XmlWriter& xml, const blobs::BlobHead& head) {
  const auto& content = head.content;
  xml.number("Content-Length", head.size);
  xml.text("Content-Type", content.type);
  xml.text("Content-Encoding", content.encoding).text("Content-Language", content.language);
  // Of few bytes the digest tells as much as they do.
  xml.text("Content-MD5", content.md5 && !key_of(head) ? format_md5(*content.md5) : "");
  xml.text("Cache-Control", content.cache_control).text("Content-Disposition", content.disposition);
}

/// None where it cannot be read, as with tags.
void write_copy(XmlWriter& xml, const blobs::BlobHead& head) {
  const auto copy = blobs::attribute<blobs::CopyState>(head.attributes);
  if (!copy || !*copy) return;
  const auto words = copy_words(**copy);
  xml.text("CopyId", words.id).text("CopySource", words.source).text("CopyStatus", words.status);
  xml.text("CopyProgress", words.progress).text("CopyCompletionTime", words.completed);
}

void write_properties(XmlWriter& xml, const operations::ListedBlob& blob, const ListingRequest& request,
                      Timestamp now) {
  const auto& head = *blob.head;
  xml.open("Properties").text("Creation-Time", to_http_date(head.created));
  xml.text("Last-Modified", to_http_date(head.last_modified)).text("Etag", head.etag.text());
  write_content(xml, head);
  xml.text("BlobType", type_of(head));
  if (const auto* appended = std::get_if<blobs::AppendedBlocks>(&head.layout); appended && appended->sealed)
    xml.text("Sealed", "true");
  if (const auto* pages = std::get_if<blobs::Pages>(&head.layout))
    xml.number("x-ms-blob-sequence-number", pages->sequence_number);
  if (type_of(head) == kBlockBlob) write_tier(xml, tier_words(head.attributes, now));
  xml.text("ServerEncrypted", "true");
  if (const auto with = key_of(head)) xml.text("CustomerProvidedKeySha256", to_base64(with->key));
  if (const auto tags = tags_of(head)) xml.number("TagCount", tags->values.size());
  if (request.include_copy) write_copy(xml, head);
  // A past state has no lease.
  if (!blob.past) write_lease(xml, head.attributes, now);
  if (head.deletion) write_deletion(xml, *head.deletion, now);
  write_lifetime(xml, head.attributes, request);
  xml.close("Properties");
}

/// A blob of which only uncommitted blocks exist has a length of 0 and neither tag nor time.
void write_uncommitted(XmlWriter& xml) {
  xml.open("Properties").number("Content-Length", 0).text("BlobType", "BlockBlob").close("Properties");
}

/// Which of the states under its name it is. Precondition: there is a head.
void write_identity(XmlWriter& xml, const operations::ListedBlob& blob) {
  if (blob.head->deletion) xml.text("Deleted", "true");
  if (blob.past && blob.past->kind == blobs::PastKind::Snapshot) {
    xml.text("Snapshot", blob.past->moment.text());
    return;
  }
  if (!blob.head->version) return;
  xml.text("VersionId", blob.head->version->text());
  if (!blob.past && !blob.head->deletion) xml.text("IsCurrentVersion", "true");
}

void write_item(XmlWriter& xml, const operations::ListedBlob& blob, const ListingRequest& request,
                Timestamp now) {
  xml.open("Blob").name("Name", blob.name);
  if (blob.head) write_identity(xml, blob);
  if (blob.head)
    write_properties(xml, blob, request, now);
  else
    write_uncommitted(xml);
  if (request.include_metadata && blob.head) write_metadata_of(xml, *blob.head);
  if (const auto tags = request.include_tags && blob.head ? tags_of(*blob.head) : std::nullopt)
    write_tags(xml, *tags);
  if (blob.has_versions_only) xml.text("HasVersionsOnly", "true");
  xml.close("Blob");
}

void write_item(XmlWriter& xml, const operations::ListedPrefix& prefix, const ListingRequest&, Timestamp) {
  xml.open("BlobPrefix").name("Name", prefix.name).close("BlobPrefix");
}

}  // namespace

std::string write_container_page(const operations::ContainerPage& page, const ListingRequest& request,
                                 Timestamp now) {
  XmlWriter xml;
  xml.open("EnumerationResults").attribute("ServiceEndpoint", request.service_endpoint);
  write_request(xml, request);
  xml.open("Containers");
  for (const auto& container : page.containers)
    write_container(xml, container, request.include_metadata, now);
  xml.close("Containers").text("NextMarker", page.next_marker);
  return xml.close("EnumerationResults").take();
}

std::string write_blob_page(const operations::BlobPage& page, const ListingRequest& request,
                            const blobs::ContainerName& container, Timestamp now) {
  XmlWriter xml(page.items.size() * kBytesOfABlob);
  xml.open("EnumerationResults").attribute("ServiceEndpoint", request.service_endpoint);
  xml.attribute("ContainerName", container.text());
  write_request(xml, request);
  xml.open("Blobs");
  for (const auto& item : page.items)
    std::visit([&](const auto& listed) { write_item(xml, listed, request, now); }, item);
  xml.close("Blobs").text("NextMarker", page.next_marker);
  return xml.close("EnumerationResults").take();
}

}  // namespace vitrine::azure::blob
