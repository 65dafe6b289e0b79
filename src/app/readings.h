// What the parts of the server tell Prometheus.
#pragma once

#include <vector>

#include "analysis/worker_pool.h"
#include "app/housekeeping.h"
#include "ledger/sealer.h"
#include "operations/scrub.h"
#include "platform/metrics.h"
#include "store/store.h"

namespace vitrine::app {

/// The parts must outlive the readings.
std::vector<platform::Reading> readings_of(const store::Store& store, const ledger::Sealer& sealer,
                                           const analysis::WorkerPool& pool, const operations::Scrub& scrub,
                                           const Housekeeping& housekeeping);

}  // namespace vitrine::app
