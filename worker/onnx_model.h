// One neural network, loaded from a file and run on the calling thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "worker/protocol/image.h"
#include "worker/tensor.h"

namespace vitrine::worker {

/// A model with one input. After load() it opens no file and starts no thread.
class OnnxModel {
 public:
  /// Errors: Unavailable, naming the file and what to do.
  static Result<OnnxModel> load(const std::string& directory, const std::string& file);
  OnnxModel(OnnxModel&&) noexcept;
  OnnxModel& operator=(OnnxModel&&) noexcept;
  ~OnnxModel();

  /// The outputs in the model's own order; the views hold until the next run.
  /// Errors: InsufficientStorage, Internal.
  Result<std::vector<TensorView>> run(Tensor input);
  /// What the file says about itself under that key; empty if nothing.
  [[nodiscard]] std::string metadata(const std::string& key) const;
  /// The file's name and the digest of the bytes that were loaded.
  [[nodiscard]] const ModelIdentity& identity() const { return identity_; }

 private:
  struct Session;
  OnnxModel(ModelIdentity identity, std::unique_ptr<Session> session);

  ModelIdentity identity_;
  std::unique_ptr<Session> session_;
};

}  // namespace vitrine::worker
