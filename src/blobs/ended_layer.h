// How a layer of a page blob goes.
#pragma once

#include <optional>

#include "blobs/content_change.h"
#include "blobs/row_walk.h"

namespace vitrine::blobs {

/// Frees rows of a layer that no past state at its point needs: what the next older one needs moves to it. A
/// row stays where it cannot be read, or what the older one has in its place cannot. At most kMostRowsAtOnce;
/// nothing when none are left. Guarded by itself. Errors: those of the store.
Result<std::optional<ContentChange>> end_layer(const store::Store& store, const keys::DataKeys& keys,
                                               const ContainerId& container, const EndedLayer& ended,
                                               RowWalk& walk);

}  // namespace vitrine::blobs
