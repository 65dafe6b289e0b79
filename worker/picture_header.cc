#include "worker/picture_header.h"

#include <optional>

namespace vitrine::worker {
namespace {

/// Reads integers of either byte order; what lies beyond the end is absent.
class Fields {
 public:
  Fields(ConstBytes bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  [[nodiscard]] std::optional<std::uint32_t> number(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || bytes_.size() - at < size) return std::nullopt;
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < size; ++i) out = out << 8 | bytes_[big_endian_ ? at + i : at + size - 1 - i];
    return out;
  }

  /// For fields whose absence is as good as zero: a picture of size zero is refused in any case.
  [[nodiscard]] std::uint32_t operator()(std::size_t at, std::size_t size) const {
    return number(at, size).value_or(0);
  }

 private:
  ConstBytes bytes_;
  bool big_endian_;
};

bool has(ConstBytes picture, std::size_t at, std::string_view text) {
  return picture.size() >= at + text.size() && as_text(picture.subspan(at, text.size())) == text;
}

bool is_start_of_frame(std::uint32_t marker) {
  constexpr std::uint32_t kHuffmanTables = 0xc4, kExtension = 0xc8, kArithmeticTables = 0xcc;
  return marker >= 0xc0 && marker <= 0xcf && marker != kHuffmanTables && marker != kExtension &&
         marker != kArithmeticTables;
}

PictureHeader jpeg_header(ConstBytes picture) {
  Fields fields(picture, true);
  std::size_t at = 2;
  while (auto marker = fields.number(at, 2)) {
    if (*marker == 0xffff) {  // a fill byte before a marker
      ++at;
      continue;
    }
    if (*marker < 0xff01) break;
    if (is_start_of_frame(*marker & 0xff)) return {PictureFormat::Jpeg, fields(at + 7, 2), fields(at + 5, 2)};
    bool stands_alone = *marker == 0xff01 || (*marker >= 0xffd0 && *marker <= 0xffd8);
    auto length = stands_alone ? 0 : fields(at + 2, 2);
    if (!stands_alone && length < 2) break;
    at += 2 + length;
  }
  return {};
}

PictureHeader png_header(ConstBytes picture) {
  Fields fields(picture, true);
  if (!has(picture, 12, "IHDR")) return {};
  return {PictureFormat::Png, fields(16, 4), fields(20, 4)};
}

PictureHeader webp_header(ConstBytes picture) {
  Fields fields(picture, false);
  if (has(picture, 12, "VP8X")) return {PictureFormat::WebP, fields(24, 3) + 1, fields(27, 3) + 1};
  if (has(picture, 12, "VP8L") && fields(20, 1) == 0x2f) {
    auto packed = fields(21, 4);
    return {PictureFormat::WebP, (packed & 0x3fff) + 1, (packed >> 14 & 0x3fff) + 1};
  }
  if (has(picture, 12, "VP8 ")) return {PictureFormat::WebP, fields(26, 2) & 0x3fff, fields(28, 2) & 0x3fff};
  return {};
}

PictureHeader tiff_header(ConstBytes picture, bool big_endian) {
  constexpr std::uint32_t kWidthTag = 256, kHeightTag = 257, kShort = 3, kLong = 4;
  constexpr std::size_t kEntryBytes = 12;
  Fields fields(picture, big_endian);
  PictureHeader out{PictureFormat::Tiff, 0, 0};
  std::size_t directory = fields(4, 4);
  auto entries = fields(directory, 2);
  for (std::size_t i = 0; i < entries; ++i) {
    auto at = directory + 2 + i * kEntryBytes;
    auto tag = fields(at, 2), type = fields(at + 2, 2);
    if (type != kShort && type != kLong) continue;
    auto value = fields(at + 8, type == kShort ? 2 : 4);
    if (tag == kWidthTag) out.width = value;
    if (tag == kHeightTag) out.height = value;
  }
  return out;
}

PictureHeader bmp_header(ConstBytes picture) {
  constexpr std::uint32_t kCoreHeader = 12;
  Fields fields(picture, false);
  if (fields(14, 4) == kCoreHeader) return {PictureFormat::Bmp, fields(18, 2), fields(20, 2)};
  auto height = static_cast<std::int32_t>(fields(22, 4));  // negative: stored from the top
  return {PictureFormat::Bmp, fields(18, 4), height < 0 ? 0u - fields(22, 4) : fields(22, 4)};
}

PictureHeader header_of(ConstBytes picture) {
  if (has(picture, 0, "\xff\xd8\xff")) return jpeg_header(picture);
  if (has(picture, 0, "\x89PNG\r\n\x1a\n")) return png_header(picture);
  if (has(picture, 0, "RIFF") && has(picture, 8, "WEBP")) return webp_header(picture);
  if (has(picture, 0, std::string_view("II*\0", 4))) return tiff_header(picture, false);
  if (has(picture, 0, std::string_view("MM\0*", 4))) return tiff_header(picture, true);
  if (has(picture, 0, "BM")) return bmp_header(picture);
  return {};
}

}  // namespace

std::string_view media_type(PictureFormat format) {
  switch (format) {
    case PictureFormat::Jpeg:
      return "image/jpeg";
    case PictureFormat::Png:
      return "image/png";
    case PictureFormat::WebP:
      return "image/webp";
    case PictureFormat::Tiff:
      return "image/tiff";
    case PictureFormat::Bmp:
      return "image/bmp";
  }
  return "";
}

Result<PictureHeader> read_picture_header(ConstBytes picture) {
  auto header = header_of(picture);
  if (header.width == 0 || header.height == 0)
    return fail(Code::InvalidInput,
                "This is not a picture, or its header is damaged: JPEG, PNG, WebP, TIFF and BMP "
                "can be analysed.");
  return header;
}

}  // namespace vitrine::worker
