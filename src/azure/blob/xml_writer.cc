#include "azure/blob/xml_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vitrine::azure::blob {
namespace {

bool is_unreserved(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~").contains(static_cast<char>(c));
}

std::string percent_encode(std::string_view text) {
  std::string out;
  for (unsigned char c : text)
    if (is_unreserved(c))
      out += static_cast<char>(c);
    else
      fmt::format_to(std::back_inserter(out), "%{:02X}", c);
  return out;
}

/// What stands for a character that may not stand for itself; empty for all others.
constexpr std::string_view escaped(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\r':
      return "&#xD;";  // a reader would turn a bare one into a line feed
    default:
      return {};
  }
}

/// Whether the character may not stand for itself; a look, because a listing asks it of every one.
constexpr auto kSpecial = [] {
  std::array<bool, 256> special{};
  for (std::size_t c = 0; c < special.size(); ++c) special[c] = !escaped(static_cast<char>(c)).empty();
  return special;
}();

}  // namespace

bool is_xml_text(std::string_view text) {
  bool has_control = std::ranges::any_of(
      text, [](unsigned char c) { return c < 0x20 && c != '\t' && c != '\n' && c != '\r'; });
  return !has_control && !text.contains("\xef\xbf\xbe") && !text.contains("\xef\xbf\xbf");
}

XmlWriter::XmlWriter(std::size_t expected_size) {
  out_.reserve(expected_size);
  out_ = R"(<?xml version="1.0" encoding="utf-8"?>)";
}

XmlWriter& XmlWriter::open(std::string_view tag) {
  out_ += '<';
  out_.append(tag) += '>';
  return *this;
}

XmlWriter& XmlWriter::attribute(std::string_view name, std::string_view value) {
  out_.pop_back();
  out_.append(" ").append(name).append("=\"");
  escape(value);
  out_.append("\">");
  return *this;
}

XmlWriter& XmlWriter::close(std::string_view tag) {
  out_.append("</").append(tag) += '>';
  return *this;
}

XmlWriter& XmlWriter::text(std::string_view tag, std::string_view value) {
  open(tag);
  escape(value);
  return close(tag);
}

XmlWriter& XmlWriter::number(std::string_view tag, std::uint64_t value) {
  const fmt::format_int digits(value);
  open(tag);
  out_.append(digits.data(), digits.size());
  return close(tag);
}

XmlWriter& XmlWriter::name(std::string_view tag, std::string_view value) {
  if (is_xml_text(value)) return text(tag, value);
  open(tag).attribute("Encoded", "true");
  out_.append(percent_encode(value));
  return close(tag);
}

void XmlWriter::escape(std::string_view value) {
  while (!value.empty()) {
    const auto special =
        std::ranges::find_if(value, [](char c) { return kSpecial[static_cast<unsigned char>(c)]; });
    const auto plain = static_cast<std::size_t>(special - value.begin());
    out_.append(value.substr(0, plain));
    if (plain == value.size()) return;
    out_.append(escaped(*special));
    value.remove_prefix(plain + 1);
  }
}

}  // namespace vitrine::azure::blob
