#include "azure/blob/block_list_xml.h"

#include <fmt/format.h>

#include <optional>

#include "azure/blob/xml_document.h"
#include "azure/blob/xml_writer.h"
#include "http/headers.h"

namespace vitrine::azure::blob {
namespace {

using operations::BlockSource;
using operations::ListedBlock;

std::optional<BlockSource> source_of(std::string_view element) {
  if (element == "Latest") return BlockSource::Latest;
  if (element == "Uncommitted") return BlockSource::Uncommitted;
  if (element == "Committed") return BlockSource::Committed;
  return std::nullopt;
}

void write_blocks(XmlWriter& xml, std::string_view tag, const std::vector<blobs::Block>& blocks) {
  xml.open(tag);
  for (const auto& block : blocks)
    xml.open("Block").text("Name", block.id.text()).number("Size", block.piece.length).close("Block");
  xml.close(tag);
}

}  // namespace

Result<std::vector<ListedBlock>> parse_block_list(std::string_view xml) {
  auto document = TRY(parse_xml(xml, "BlockList"));
  std::vector<ListedBlock> blocks;
  for (auto element : document.child("BlockList").children()) {
    if (element.type() != pugi::node_element) return invalid_xml("holds text outside of a block's element");
    auto source = source_of(element.name());
    if (!source) return invalid_xml(fmt::format("holds the unknown element '{:.64}'", element.name()));
    if (blocks.size() == operations::kMostBlocks)
      return fail(Code::BlockListTooLong,
                  fmt::format("A block list holds at most {} blocks.", operations::kMostBlocks));
    blocks.push_back({*source, TRY(blobs::BlockId::parse(element.text().get()))});
  }
  return blocks;
}

Result<BlockListType> parse_block_list_type(std::string_view text) {
  if (text.empty() || http::equal_ignoring_case(text, "committed")) return BlockListType::Committed;
  if (http::equal_ignoring_case(text, "uncommitted")) return BlockListType::Uncommitted;
  if (http::equal_ignoring_case(text, "all")) return BlockListType::All;
  return fail(Code::InvalidQueryParameterValue,
              "The parameter blocklisttype is none of committed, uncommitted and all.");
}

std::string write_block_lists(const operations::BlockLists& lists, BlockListType type) {
  XmlWriter xml;
  xml.open("BlockList");
  if (type != BlockListType::Uncommitted) write_blocks(xml, "CommittedBlocks", lists.committed);
  if (type != BlockListType::Committed) write_blocks(xml, "UncommittedBlocks", lists.uncommitted);
  return xml.close("BlockList").take();
}

}  // namespace vitrine::azure::blob
