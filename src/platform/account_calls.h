// The operator's calls on accounts and suspensions, and the rules in force for everybody.
#pragma once

#include "platform/parts.h"

namespace vitrine::platform {

/// GET: every account with its keys' names and purposes, no secrets.
Task<Result<http::Response>> list_accounts(const Parts& parts, Call& call);
/// POST {"name", "organisation"?, "keys"?: [{"name", "purpose", "also"?: […]}]}: creates an account; the
/// answer is the only place where the keys' secrets are ever shown. Without keys it gets "key1" for
/// "archive", without organisation one of its own name.
Task<Result<http::Response>> create_account(const Parts& parts, Call& call);
/// POST {"name", "purpose", "also"?: […]}: adds a key to {account}.
Task<Result<http::Response>> create_key(const Parts& parts, Call& call);
/// DELETE: takes the key {key} away from {account}; the last one stays.
Task<Result<http::Response>> remove_key(const Parts& parts, Call& call);
/// POST: begins a new epoch of {account}'s data keys.
Task<Result<http::Response>> rotate_data_key(const Parts& parts, Call& call);
/// DELETE {"account", "understood": "destroyed for ever"}: destroys all of them. Tells what is done and what
/// is left.
Task<Result<http::Response>> destroy_data_keys(const Parts& parts, Call& call);

/// GET: every account with the services that are switched off for it.
Task<Result<http::Response>> list_suspensions(const Parts& parts, Call& call);
/// PUT switches {service} off for {account}, DELETE on again.
Task<Result<http::Response>> impose_suspension(const Parts& parts, Call& call);
Task<Result<http::Response>> lift_suspension(const Parts& parts, Call& call);

/// GET: the register, for everybody.
Task<Result<http::Response>> list_purposes(const Parts& parts, Call& call);
/// GET: the policy bundle in force, for everybody; the ETag is its SHA-256.
Task<Result<http::Response>> show_policy_bundle(const Parts& parts, Call& call);

}  // namespace vitrine::platform
