// Which version of the program this is.
#pragma once

namespace vitrine::app {

inline constexpr const char* kVersion = VITRINE_VERSION;

}  // namespace vitrine::app
