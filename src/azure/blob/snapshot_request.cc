#include "azure/blob/snapshot_request.h"

namespace vitrine::azure::blob {
namespace {

constexpr std::string_view kSnapshot = "snapshot", kVersion = "versionid",
                           kPreviousUrl = "x-ms-previous-snapshot-url";

Result<blobs::Moment> parse_url(std::string_view url, const Address& own) {
  const auto wrong = [] {
    return fail(Code::InvalidHeaderValue,
                "The header x-ms-previous-snapshot-url is not the address of a snapshot of this blob.");
  };
  const auto target = http::Target::parse(url);
  if (!target) return wrong();
  const auto address = parse_address(*target, target->host);
  const auto moment = blobs::Moment::parse(target->parameter(kSnapshot).value_or(""));
  const bool fits = address && moment && address->blob && address->account == own.account &&
                    address->container == own.container && address->blob == own.blob;
  if (!fits) return wrong();
  return *moment;
}

}  // namespace

Result<blobs::Moment> parse_snapshot(std::string_view text) {
  if (auto moment = blobs::Moment::parse(text)) return moment;
  return fail(Code::InvalidQueryParameterValue,
              "A snapshot or version is named by the time that was given with it, to seven decimals.");
}

bool names_snapshot(const http::Target& target) {
  return !target.parameter(kSnapshot).value_or("").empty() ||
         !target.parameter(kVersion).value_or("").empty();
}

Result<std::optional<blobs::PastId>> parse_past(const http::Target& target) {
  const auto snapshot = target.parameter(kSnapshot).value_or(""),
             version = target.parameter(kVersion).value_or("");
  if (!snapshot.empty() && !version.empty())
    return fail(Code::InvalidQueryParameterValue, "A snapshot and a version are named; leave one out.");
  if (!snapshot.empty()) return blobs::PastId{blobs::PastKind::Snapshot, TRY(parse_snapshot(snapshot))};
  if (!version.empty()) return blobs::PastId{blobs::PastKind::Version, TRY(parse_snapshot(version))};
  return std::nullopt;
}

Result<operations::BlobRef> blob_or_snapshot(const Call& call) {
  auto blob = call.blob();
  blob.past = TRY(parse_past(call.request.target));
  return blob;
}

Result<blobs::Moment> parse_previous_snapshot(const http::Request& request, const Address& address) {
  if (const auto text = request.target.parameter("prevsnapshot")) return parse_snapshot(*text);
  return parse_url(request.headers.get(kPreviousUrl).value_or(""), address);
}

}  // namespace vitrine::azure::blob
