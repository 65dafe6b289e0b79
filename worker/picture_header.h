// The first look at a picture: its format and size, from its header alone.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace vitrine::worker {

enum class PictureFormat : std::uint8_t { Jpeg, Png, WebP, Tiff, Bmp };
inline constexpr PictureFormat kPictureFormats[] = {
    PictureFormat::Jpeg, PictureFormat::Png, PictureFormat::WebP, PictureFormat::Tiff, PictureFormat::Bmp};

/// "image/jpeg" and so on.
std::string_view media_type(PictureFormat format);

struct PictureHeader {
  PictureFormat format = PictureFormat::Jpeg;
  /// As stored, before any rotation; both at least 1.
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

/// Reads what a decoder would allocate for, without decoding: JPEG (ITU-T T.81 §B.2.2), PNG (W3C PNG
/// §11.2.2), WebP (RFC 9649 §2), the first image of a TIFF (TIFF 6.0 §2), BMP (BITMAPCOREHEADER,
/// BITMAPINFOHEADER and later). Errors: InvalidInput.
Result<PictureHeader> read_picture_header(ConstBytes picture);

}  // namespace vitrine::worker
