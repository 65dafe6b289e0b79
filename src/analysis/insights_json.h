// Insights as the JSON document that a job writes beside the pictures.
#pragma once

#include <string>

#include "analysis/job.h"
#include "worker/protocol/image.h"

namespace vitrine::analysis {

/// What the document says about where it comes from.
struct Provenance {
  std::string blob;
  std::string content_root;  ///< of the picture, hexadecimal
  std::string job;
  std::string purpose;
  std::uint64_t record = 0;  ///< journal index under which the picture was analysed
  std::string redacted;      ///< name of the covered copy; empty when none was due
};

/// The shape of Azure Image Analysis 4.0 (metadata, objectsResult, readResult), with faces, models and
/// provenance under "vitrine". Faces are boxes for covering and carry no identity.
std::string insights_json(const worker::ImageInsights& insights, const Provenance& provenance);

}  // namespace vitrine::analysis
