#include "tlog/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/encoding.h"

namespace vitrine::tlog {
namespace {

std::unexpected<Error> bad(std::string_view why) {
  return fail(Code::Corrupt, fmt::format("This is not a checkpoint (C2SP tlog-checkpoint): {}.", why));
}

/// Takes the next line, which must end in a newline and not be empty.
Result<std::string_view> take_line(std::string_view& text, std::string_view what) {
  auto end = text.find('\n');
  if (end == text.npos || end == 0) return bad(fmt::format("its {} is missing", what));
  auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

Result<std::uint64_t> parse_size(std::string_view line) {
  std::uint64_t size = 0;
  auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size);
  if (error != std::errc() || end != line.data() + line.size() || fmt::to_string(size) != line)
    return bad("its size is no decimal number");
  return size;
}

Result<Digest> parse_root(std::string_view line) {
  auto bytes = from_base64(line);
  Digest root;
  if (!bytes || bytes->size() != root.size()) return bad("its root is not the base64 form of 32 bytes");
  std::ranges::copy(*bytes, root.begin());
  return root;
}

}  // namespace

std::string Checkpoint::text() const {
  auto text = fmt::format("{}\n{}\n{}\n", origin, size, to_base64(root));
  for (const auto& line : extensions) text += line + "\n";
  return text;
}

Result<Checkpoint> Checkpoint::parse(std::string_view text) {
  Checkpoint checkpoint;
  checkpoint.origin = TRY(take_line(text, "origin"));
  checkpoint.size = TRY(parse_size(TRY(take_line(text, "size"))));
  checkpoint.root = TRY(parse_root(TRY(take_line(text, "root"))));
  while (!text.empty()) checkpoint.extensions.emplace_back(TRY(take_line(text, "extension line")));
  return checkpoint;
}

Result<std::string> sign_checkpoint(const Checkpoint& checkpoint, const NoteKey& name,
                                    const crypto::SigningKey& key) {
  if (checkpoint.origin != name.name())
    return fail(Code::InvalidInput, fmt::format("The checkpoint of '{}' cannot be signed by the key of '{}'.",
                                                checkpoint.origin, name.name()));
  auto text = checkpoint.text();
  return Note{text, {sign_note(text, name, key)}}.document();
}

Result<Checkpoint> open_checkpoint(std::string_view document, const NoteKey& log) {
  auto note = TRY(Note::parse(document));
  TRY(verify_note(note, log));
  auto checkpoint = TRY(Checkpoint::parse(note.text));
  if (checkpoint.origin == log.name()) return checkpoint;
  return fail(Code::VerificationFailed,
              fmt::format("The checkpoint is of the log '{}', not of '{}'.", checkpoint.origin, log.name()));
}

}  // namespace vitrine::tlog
