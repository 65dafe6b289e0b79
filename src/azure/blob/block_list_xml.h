// The documents of Put Block List and Get Block List.
// Source: Azure Storage REST, "Put Block List", "Get Block List".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "operations/blob_requests.h"

namespace vitrine::azure::blob {

/// More than any valid list of blocks needs, in bytes.
inline constexpr std::size_t kMostBlockListBytes = std::size_t{8} << 20;

/// Reads <BlockList> of <Committed>, <Uncommitted> and <Latest>; an empty list is valid.
/// Errors: InvalidXmlDocument, InvalidBlockId, BlockListTooLong.
Result<std::vector<operations::ListedBlock>> parse_block_list(std::string_view xml);

/// Which of a blob's lists is asked for.
enum class BlockListType { Committed, Uncommitted, All };
/// The parameter blocklisttype in any case; committed when empty. Errors: InvalidQueryParameterValue.
Result<BlockListType> parse_block_list_type(std::string_view text);

std::string write_block_lists(const operations::BlockLists& lists, BlockListType type);

}  // namespace vitrine::azure::blob
