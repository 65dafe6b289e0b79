#include "azure/blob/xml_document.h"

#include <fmt/format.h>

namespace vitrine::azure::blob {
namespace {

/// Looks for what no document of the protocol holds; pugixml walks without recursion.
class Inspection : public pugi::xml_tree_walker {
 public:
  bool for_each(pugi::xml_node& node) override {
    too_deep |= depth() > kMostXmlDepth;
    has_doctype |= node.type() == pugi::node_doctype;
    return !too_deep && !has_doctype;
  }
  bool too_deep = false;
  bool has_doctype = false;
};

/// Whether the document has one outermost element at most, and nothing but spaces beside it.
bool is_alone(const pugi::xml_document& document) {
  int elements = 0;
  for (const auto node : document.children()) {
    if (node.type() == pugi::node_element) ++elements;
    const std::string_view text = node.value();
    const bool is_text = node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
    if (is_text && text.find_first_not_of(" \t\r\n") != std::string_view::npos) return false;
  }
  return elements <= 1;
}

}  // namespace

std::unexpected<Error> invalid_xml(std::string_view what) {
  return fail(Code::InvalidXmlDocument, fmt::format("The XML document in the body {}.", what));
}

Result<pugi::xml_document> parse_xml(std::string_view text, const char* root, Spaces spaces) {
  pugi::xml_document document;
  auto options = pugi::parse_default | pugi::parse_doctype | pugi::parse_fragment;
  if (spaces == Spaces::Kept) options |= pugi::parse_ws_pcdata_single;
  auto parsed = document.load_buffer(text.data(), text.size(), options);
  if (!parsed)
    return invalid_xml(fmt::format("cannot be read at byte {}: {}", parsed.offset, parsed.description()));
  Inspection inspection;
  document.traverse(inspection);
  if (inspection.has_doctype) return invalid_xml("has a document type, which is not allowed");
  if (inspection.too_deep) return invalid_xml("is nested too deeply");
  if (!is_alone(document)) return invalid_xml("holds something beside its one outermost element");
  if (!document.child(root)) return invalid_xml(fmt::format("has no element {}", root));
  return document;
}

}  // namespace vitrine::azure::blob
