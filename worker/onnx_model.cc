#include "worker/onnx_model.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <onnxruntime_cxx_api.h>

#include <cerrno>
#include <cstring>

#include "crypto/digest.h"
#include "worker/library_edge.h"
#include "worker/protocol/memory_file.h"

namespace vitrine::worker {
namespace {

const Ort::Env& environment() {
  static const Ort::Env env(ORT_LOGGING_LEVEL_ERROR, "vitrine-worker");
  return env;
}

Ort::SessionOptions single_threaded() {
  Ort::SessionOptions options;
  options.SetIntraOpNumThreads(1);
  options.SetInterOpNumThreads(1);
  options.SetExecutionMode(ORT_SEQUENTIAL);
  // Inputs differ in size: remembered layouts would never fit, and an arena would keep the largest.
  options.DisableMemPattern();
  options.DisableCpuMemArena();
  return options;
}

Result<Mapping> map_file(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file)
    return fail(
        Code::Unavailable,
        fmt::format("The model {} cannot be read ({}): run `./dev setup`, or name the folder that holds the "
                    "models.",
                    path, std::strerror(errno)));
  auto whole = MemoryFile::adopt(std::move(file));
  return whole.map();
}

}  // namespace

struct OnnxModel::Session {
  explicit Session(ConstBytes model) : session(environment(), model.data(), model.size(), single_threaded()) {
    input = session.GetInputNames().at(0);
    outputs = session.GetOutputNames();
  }

  Ort::Session session;
  std::string input;
  std::vector<std::string> outputs;
  std::vector<Ort::Value> results;
};

OnnxModel::OnnxModel(ModelIdentity identity, std::unique_ptr<Session> session)
    : identity_(std::move(identity)), session_(std::move(session)) {}
OnnxModel::OnnxModel(OnnxModel&&) noexcept = default;
OnnxModel& OnnxModel::operator=(OnnxModel&&) noexcept = default;
OnnxModel::~OnnxModel() = default;

Result<OnnxModel> OnnxModel::load(const std::string& directory, const std::string& file) {
  auto path = directory + "/" + file;
  auto bytes = TRY(map_file(path));
  auto session = at_library_edge("Loading " + path, [&]() -> Result<std::unique_ptr<Session>> {
    return std::make_unique<Session>(bytes.bytes());
  });
  if (!session)
    return fail(Code::Unavailable, fmt::format("{} The file is damaged or no ONNX model: delete it and run "
                                               "`./dev setup`.",
                                               session.error().message));
  return OnnxModel(ModelIdentity{file, crypto::sha256(bytes.bytes())}, std::move(*session));
}

Result<std::vector<TensorView>> OnnxModel::run(Tensor input) {
  return at_library_edge("Running " + identity_.name, [&]() -> Result<std::vector<TensorView>> {
    auto memory = Ort::MemoryInfo::CreateCpu(OrtDeviceAllocator, OrtMemTypeDefault);
    auto value = Ort::Value::CreateTensor<float>(memory, input.values.data(), input.values.size(),
                                                 input.shape.data(), input.shape.size());
    const char* input_name = session_->input.c_str();
    std::vector<const char*> output_names;
    for (const auto& name : session_->outputs) output_names.push_back(name.c_str());
    session_->results = session_->session.Run(Ort::RunOptions{nullptr}, &input_name, &value, 1,
                                              output_names.data(), output_names.size());
    std::vector<TensorView> out;
    for (const auto& result : session_->results) {
      auto info = result.GetTensorTypeAndShapeInfo();
      out.push_back({info.GetShape(), {result.GetTensorData<float>(), info.GetElementCount()}});
    }
    return out;
  });
}

std::string OnnxModel::metadata(const std::string& key) const {
  Ort::AllocatorWithDefaultOptions allocator;
  auto value = session_->session.GetModelMetadata().LookupCustomMetadataMapAllocated(key.c_str(), allocator);
  return value ? value.get() : "";
}

}  // namespace vitrine::worker
