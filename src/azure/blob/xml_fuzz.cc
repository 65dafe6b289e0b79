// Any bytes as a document: never a crash, and what was read can be written.
#include <cstdlib>

#include "azure/blob/acl_xml.h"
#include "azure/blob/block_list_xml.h"
#include "azure/blob/delegation_xml.h"
#include "azure/blob/service_properties_xml.h"
#include "azure/blob/tags_coding.h"
#include "azure/blob/xml_writer.h"
#include "base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vitrine;
  auto text = as_text({data, size});
  if (auto policies = azure::blob::parse_policies(text)) {
    const auto again = azure::blob::parse_policies(azure::blob::write_policies(*policies));
    if (!again || *again != *policies) std::abort();
  }
  (void)azure::blob::parse_key_info(text, Timestamp{}).has_value();
  if (auto change = azure::blob::parse_service_properties(text)) {
    blobs::ServiceProperties properties;
    blobs::apply(*change, properties);
    const auto again =
        azure::blob::parse_service_properties(azure::blob::write_service_properties(properties));
    if (!again) std::abort();
    blobs::ServiceProperties same;
    blobs::apply(*again, same);
    if (same != properties) std::abort();
  }
  if (auto tags = azure::blob::parse_tags_document(text)) {
    azure::blob::XmlWriter written;
    azure::blob::write_tags(written, *tags);
    auto again = azure::blob::parse_tags_document(written.take());
    if (!again || *again != *tags) std::abort();
  }
  auto blocks = azure::blob::parse_block_list(text);
  if (!blocks) return 0;
  azure::blob::XmlWriter xml;
  xml.open("BlockList");
  for (const auto& block : *blocks) xml.text("Latest", block.id.text());
  auto again = azure::blob::parse_block_list(xml.close("BlockList").take());
  if (!again || again->size() != blocks->size()) std::abort();
  return 0;
}
