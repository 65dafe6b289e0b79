// Writes the XML documents of the Azure Blob wire.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vitrine::azure::blob {

/// Appends elements to a UTF-8 document. Tags are the caller's constants; all text is escaped.
class XmlWriter {
 public:
  /// Makes room for about as many bytes at once; any number may follow.
  explicit XmlWriter(std::size_t expected_size = 0);

  XmlWriter& open(std::string_view tag);
  /// An attribute of the element opened last, before anything is put into it.
  XmlWriter& attribute(std::string_view name, std::string_view value);
  XmlWriter& close(std::string_view tag);
  /// <tag>value</tag>. Precondition: is_xml_text(value).
  XmlWriter& text(std::string_view tag, std::string_view value);
  XmlWriter& number(std::string_view tag, std::uint64_t value);
  /// <tag>, or, where XML cannot hold the name, <tag Encoded="true"> with every byte but letters, digits and
  /// "-._~" percent-encoded, as listings have it since 2021-02-12.
  XmlWriter& name(std::string_view tag, std::string_view value);

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void escape(std::string_view value);
  std::string out_;
};

/// Whether XML 1.0 can hold the UTF-8 text: no control characters but tab and line ends, no U+FFFE, U+FFFF.
bool is_xml_text(std::string_view text);

}  // namespace vitrine::azure::blob
