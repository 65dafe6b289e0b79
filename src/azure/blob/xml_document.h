// Reads the XML documents that clients send.
#pragma once

#include <cstdint>
#include <pugixml.hpp>
#include <string_view>

#include "base/error.h"

namespace vitrine::azure::blob {

/// No document of the protocol is deeper.
inline constexpr int kMostXmlDepth = 8;

/// What becomes of an element's text that is nothing but spaces.
enum class Spaces : std::uint8_t { Dropped, Kept };

/// Parses UTF-8 (or what a byte order mark says). Document types are refused, so no entity is ever defined.
/// Errors: InvalidXmlDocument, also for another root element or one deeper than kMostXmlDepth.
Result<pugi::xml_document> parse_xml(std::string_view text, const char* root,
                                     Spaces spaces = Spaces::Dropped);

/// The error of a document that is well-formed and wrong.
std::unexpected<Error> invalid_xml(std::string_view what);

}  // namespace vitrine::azure::blob
