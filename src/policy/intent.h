// What is asked, with everything that the decision may depend on.
#pragma once

#include <cstdint>
#include <string>

#include "identity/principal.h"
#include "policy/action.h"
#include "policy/budget.h"

namespace vitrine::policy {

/// One request and who makes it, as every floor sees it. Lives as long as the request.
struct Exchange {
  identity::Principal principal;
  /// The purpose that the client chose, or the credential's default.
  std::string purpose;
  /// The journal of the account that is acted on, and the store's stream of it: that of the account's slot,
  /// unless a journal was lost.
  std::uint32_t slot = 0;
  identity::JournalId journal{};
  std::string request_id;
  /// What kind of program asks: "sdk-python", "azcopy", … "other".
  std::string client_class;
  Timestamp received;
  /// The opaque receipt token; set by the commit.
  std::string receipt;
  /// Whether a promise is asked for, and the promise as the answer's header carries it; set by the commit.
  bool asks_promise = false;
  std::string promise;
};

/// What an action acts on. Empty texts do not apply.
struct Resource {
  std::string account;
  std::string container;
  std::string blob;
};

struct Intent {
  Action action;
  Resource resource;
  Bounds bounds;
  /// What was counted in advance for the work this is a step of; null: the step is counted by itself.
  Charge* charge = nullptr;
  /// The legal basis that whoever asks names for it; empty: none.
  std::string basis{};
};

}  // namespace vitrine::policy
