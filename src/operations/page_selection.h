// What lists of page ranges have in common: which pages are asked about, and where an answer ends.
#pragma once

#include "operations/page_blobs.h"

namespace vitrine::operations {

/// The pages that the request asks about, those of a range in full, from its marker on. Errors: as
/// get_page_ranges().
Result<blobs::Interval> select_pages(const BlobView& view, const GetPageRanges& request, Timestamp now);

/// The first `most` of the ranges, and where the others begin.
PageRangesAnswer answer_of(const BlobView& view, std::vector<blobs::PageDifference> ranges, std::size_t most);

}  // namespace vitrine::operations
