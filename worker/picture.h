// Pictures in memory: decoding, and encoding without anything but the pixels.
#pragma once

#include <opencv2/core/mat.hpp>

#include "base/bytes.h"
#include "base/error.h"
#include "worker/picture_header.h"

namespace vitrine::worker {

/// A decoded picture, turned upright: 8 bits each of blue, green, red; without transparency.
struct Picture {
  cv::Mat pixels;
  /// What it was decoded from.
  PictureFormat format = PictureFormat::Jpeg;
};

/// Decodes the first image of the file and applies the orientation that its EXIF data states.
/// Errors: InvalidInput (no picture, or damaged), OutOfRangeInput (the header states more than
/// `max_pixels`; nothing was decoded), InsufficientStorage (not enough memory).
Result<Picture> decode_picture(ConstBytes file, std::uint32_t max_pixels);

/// The picture in its own format, with no metadata at all: an EXIF block may hold a small copy of the
/// picture as it was. Errors: InsufficientStorage, Internal.
Result<Bytes> encode_picture(const Picture& picture);

}  // namespace vitrine::worker
