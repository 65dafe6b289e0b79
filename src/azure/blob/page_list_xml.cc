#include "azure/blob/page_list_xml.h"

#include "azure/blob/xml_writer.h"

namespace vitrine::azure::blob {

std::string write_page_list(const operations::PageRangesAnswer& found) {
  XmlWriter xml;
  xml.open("PageList");
  for (const auto& [pages, is_cleared] : found.ranges) {
    const auto* tag = is_cleared ? "ClearRange" : "PageRange";
    xml.open(tag).number("Start", pages.begin).number("End", pages.end - 1).close(tag);
  }
  if (!found.next_marker.empty()) xml.text("NextMarker", found.next_marker);
  return xml.close("PageList").take();
}

}  // namespace vitrine::azure::blob
