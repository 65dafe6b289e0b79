// A Verification for people and for programs: what `vitrine verify …` prints.
#pragma once

#include <string>

#include "evidence/verification.h"

namespace vitrine::evidence {

/// A line per check, per fact and per statement and its facts, and one that says whether it is verified.
std::string report_as_text(const Verification& verification);
/// {"subject", "verified", "checks": [{"name", "state", "sentence", "place"}], "facts": {…},
/// "statements": [{"kind", "facts": {…}}]}, one line.
std::string report_as_json(const Verification& verification);
/// 0 verified, 1 not.
int exit_code(const Verification& verification);

}  // namespace vitrine::evidence
