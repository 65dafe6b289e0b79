#include "azure/blob/tags_coding.h"

#include <algorithm>

#include "azure/blob/xml_document.h"
#include "http/target.h"

namespace vitrine::azure::blob {
namespace {

Result<std::string> decode(std::string_view encoded) {
  std::string text(encoded);
  std::ranges::replace(text, '+', ' ');
  return http::percent_decode(text);
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

Result<void> add_pair(blobs::Tags& tags, std::string_view pair) {
  const auto equals = pair.find('=');
  if (equals == std::string_view::npos) return fail(Code::InvalidInput, "A tag is written key=value.");
  const auto key = TRY(decode(pair.substr(0, equals)));
  return tags.add(key, TRY(decode(pair.substr(equals + 1))));
}

}  // namespace

Result<std::optional<blobs::Tags>> parse_tags(const http::Headers& headers) {
  auto left = headers.get(kTagsHeader).value_or("");
  if (left.empty()) return std::nullopt;
  blobs::Tags tags;
  while (!left.empty()) {
    const auto pair = left.substr(0, left.find('&'));
    left.remove_prefix(std::min(left.size(), pair.size() + 1));
    if (auto added = add_pair(tags, pair); !added)
      return fail(Code::InvalidHeaderValue, "The header x-ms-tags: " + added.error().message);
  }
  return tags;
}

Result<blobs::Tags> parse_tags_document(std::string_view xml) {
  const auto document = TRY(parse_xml(xml, "Tags", Spaces::Kept));
  const auto set = document.child("Tags").child("TagSet");
  if (!set) return invalid_xml("has no TagSet");
  blobs::Tags tags;
  for (const auto tag : set.children()) {
    if (tag.type() == pugi::node_pcdata && is_blank(tag.value())) continue;
    const auto key = tag.child("Key"), value = tag.child("Value");
    if (std::string_view(tag.name()) != "Tag" || !key || !value)
      return invalid_xml("holds something else than tags of a key and a value");
    TRY(tags.add(key.text().get(), value.text().get()));
  }
  return tags;
}

void write_tags(XmlWriter& xml, const blobs::Tags& tags) {
  xml.open("Tags").open("TagSet");
  for (const auto& [key, value] : tags.values)
    xml.open("Tag").text("Key", key).text("Value", value).close("Tag");
  xml.close("TagSet").close("Tags");
}

}  // namespace vitrine::azure::blob
