#include "worker/picture.h"

#include <fmt/format.h>

#include <opencv2/imgcodecs.hpp>

#include "worker/library_edge.h"

namespace vitrine::worker {
namespace {

struct Encoding {
  const char* extension;
  std::vector<int> settings;
};

Encoding encoding_of(PictureFormat format) {
  switch (format) {
    case PictureFormat::Jpeg:
      return {".jpg", {cv::IMWRITE_JPEG_QUALITY, 92}};
    case PictureFormat::Png:
      return {".png", {}};
    case PictureFormat::WebP:
      return {".webp", {cv::IMWRITE_WEBP_QUALITY, 92}};
    case PictureFormat::Tiff:
      return {".tiff", {}};
    case PictureFormat::Bmp:
      return {".bmp", {}};
  }
  return {".png", {}};
}

}  // namespace

Result<Picture> decode_picture(ConstBytes file, std::uint32_t max_pixels) {
  auto header = TRY(read_picture_header(file));
  if (std::uint64_t{header.width} * header.height > max_pixels)
    return fail(
        Code::OutOfRangeInput,
        fmt::format("The picture has {} x {} pixels; at most {} pixels are analysed. Store a smaller copy.",
                    header.width, header.height, max_pixels));
  return at_library_edge("Decoding the picture", [&]() -> Result<Picture> {
    // OpenCV reads through a Mat but does not write to it.
    cv::Mat bytes(1, static_cast<int>(file.size()), CV_8U, const_cast<std::uint8_t*>(file.data()));
    Picture out{cv::imdecode(bytes, cv::IMREAD_COLOR), header.format};
    if (out.pixels.empty())
      return fail(Code::InvalidInput,
                  fmt::format("The {} picture cannot be decoded: it is damaged, or animated.",
                              media_type(header.format)));
    return out;
  });
}

Result<Bytes> encode_picture(const Picture& picture) {
  return at_library_edge("Encoding the picture", [&]() -> Result<Bytes> {
    auto encoding = encoding_of(picture.format);
    Bytes out;
    if (!cv::imencode(encoding.extension, picture.pixels, out, encoding.settings))
      return fail(Code::Internal, fmt::format("No {} could be written.", media_type(picture.format)));
    return out;
  });
}

}  // namespace vitrine::worker
