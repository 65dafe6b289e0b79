// A Verification for people and for programs: what `vitrine verify …` prints.
#pragma once

#include <string>
#include <string_view>

#include "evidence/verification.h"

namespace vitrine::evidence {

/// A line per check, per fact and per statement and its facts, and as the last one the conclusion.
std::string report_as_text(const Verification& verification);
/// {"subject", "verified", "conclusion", "checks": [{"name", "state", "sentence", "place"}], "facts": {…},
/// "statements": [{"kind", "facts": {…}}]}, one line.
std::string report_as_json(const Verification& verification);
/// Texts from the evidence may hold anything; a terminal must not obey them.
std::string printable(std::string_view text);
/// 0 verified, 1 not.
int exit_code(const Verification& verification);

}  // namespace vitrine::evidence
