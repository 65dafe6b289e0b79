// A log verifies with no other files than those that were signed, and with no other entries than such as the
// formats know. The first byte chooses: to spoil a file of a good log, or to have the input signed as a log's
// entries by an operator who signs everything.
#include <algorithm>
#include <cstdlib>

#include "evidence/log_verifier.h"
#include "evidence/sample_log.h"

namespace {

using namespace vitrine;
using evidence::SampleLog;

bool verifies(const SampleLog::Files& files, const tlog::NoteKey& key) {
  auto read = [&](const std::string& path) -> Result<Bytes> {
    auto found = files.find(path);
    if (found == files.end()) return fail(Code::ResourceNotFound, path + " is missing.");
    return found->second;
  };
  return evidence::verify_log(read, key).verified();
}

/// Others may sign the checkpoint, too: their signatures prove nothing and change nothing.
SampleLog::Files signed_parts(SampleLog::Files files) {
  auto& checkpoint = files["checkpoint"];
  if (auto note = tlog::Note::parse(as_text(checkpoint))) checkpoint = to_bytes(as_bytes(note->text));
  return files;
}

/// The input replaces a part of one file, which its first three bytes choose.
void spoil_a_file(const SampleLog::Files& good, const tlog::NoteKey& key, ConstBytes input) {
  if (input.size() < 3) return;
  auto files = good;
  auto& bytes = std::next(files.begin(), input[0] % static_cast<int>(files.size()))->second;
  auto start = input[1] * bytes.size() / 256;
  auto length = std::min<std::size_t>(input[2], bytes.size() - start);
  Bytes changed(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(start));
  append(changed, input.subspan(3));
  append(changed, ConstBytes(bytes).subspan(start + length));
  bytes = std::move(changed);
  if (verifies(files, key) && signed_parts(files) != signed_parts(good)) std::abort();
}

/// Each entry stands behind its length in two bytes: a loss is longer than one can say.
void sign_everything(ConstBytes input) {
  SampleLog log;
  bool all_known = true;
  while (input.size() >= 2) {
    auto length = std::min<std::size_t>(std::size_t{input[0]} << 8 | input[1], input.size() - 2);
    auto entry = input.subspan(2, length);
    auto decoded = evidence::decode_entry(entry);
    all_known = all_known && decoded && std::ranges::equal(evidence::encode_entry(*decoded), entry);
    log.publish_bytes(to_bytes(entry));
    input = input.subspan(2 + length);
  }
  if (verifies(log.files(), log.key()) && !all_known) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto log = evidence::sample_log();
  static const auto good = log.files();
  if (size == 0) return 0;
  ConstBytes input(data + 1, size - 1);
  if (data[0] % 2 == 0)
    spoil_a_file(good, log.key(), input);
  else
    sign_everything(input);
  return 0;
}
