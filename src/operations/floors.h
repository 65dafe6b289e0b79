// What every use case stands on.
#pragma once

#include "base/time.h"
#include "blobs/access_tier.h"
#include "blobs/head_cache.h"
#include "blobs/keeping.h"
#include "keys/key_directory.h"
#include "ledger/ledger.h"
#include "operations/turns.h"
#include "policy/gate.h"
#include "store/store.h"

namespace vitrine::operations {

/// The floors below, in the order in which a request passes them. They outlive every operation.
struct Floors {
  store::Store& store;
  policy::Gate& gate;
  ledger::Ledger& ledger;
  const Clock& clock;
  keys::KeyDirectory& keys;
  blobs::HeadCache& heads;
  Turns& turns;
  blobs::RehydrationTimes rehydration{};
  blobs::KeepingSettings keeping{};
};

}  // namespace vitrine::operations
