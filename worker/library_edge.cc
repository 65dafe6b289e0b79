#include "worker/library_edge.h"

#include <fmt/format.h>

#include <new>
#include <opencv2/core.hpp>

namespace vitrine::worker {

Error caught(std::string_view doing) {
  auto out_of_memory = [&] {
    return Error{
        Code::InsufficientStorage, fmt::format("{} needs more memory than a worker may use.", doing), {}};
  };
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  } catch (const cv::Exception& exception) {
    if (exception.code == cv::Error::StsNoMem) return out_of_memory();
    return {Code::Internal, fmt::format("{} failed: {}.", doing, exception.err), {}};
  } catch (const std::exception& exception) {
    return {Code::Internal, fmt::format("{} failed: {}.", doing, exception.what()), {}};
  }
}

}  // namespace vitrine::worker
