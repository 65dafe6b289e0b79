#include "app/kept_documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>

#include "app/client_commands.h"
#include "app/option_file.h"
#include "base/file.h"
#include "evidence/journal_export.h"
#include "evidence/receipt.h"
#include "tlog/checkpoint.h"

namespace vitrine::app {
namespace {

namespace json = boost::json;

constexpr const char* kSince = "--since";
constexpr std::string_view kPromiseHeader = "x-ms-vitrine-promise:";

/// A document that was saved without a look at the status it came with.
Result<void> refuse_answer(const std::string& file, const std::string& document) {
  boost::system::error_code failed;
  const auto said = json::parse(document, failed);
  const auto* error = !failed && said.is_object() ? said.get_object().if_contains("error") : nullptr;
  const auto code = error && error->is_object() ? words(*error, "code") : "";
  if (code.empty()) return {};
  return fail(Code::InvalidInput,
              fmt::format("{}: this is the server's answer {}: {}", file, code,
                          code == name(Code::ReceiptNotReady)
                              ? std::string("ask again later, and keep what comes with status 200.")
                              : words(*error, "message")));
}

Result<std::string> usable(const std::string& file, std::string document) {
  if (document.empty()) return fail(Code::InvalidInput, fmt::format("{} is empty.", file));
  TRY(refuse_answer(file, document));
  return document;
}

/// A folder stands for the head of the journal that was exported into it.
std::filesystem::path head_in(const std::string& named) {
  std::error_code error;
  const std::filesystem::path path(named);
  return std::filesystem::is_directory(path, error) ? path / evidence::kJournalHeadFile : path;
}

Result<std::string> plain_checkpoint(std::string document) {
  TRY(tlog::Checkpoint::parse(TRY(tlog::Note::parse(document)).text));
  return document;
}

}  // namespace

std::string without_header_name(std::string text) {
  const auto begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  const auto name = std::string_view(text).substr(begin, kPromiseHeader.size());
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  if (std::ranges::equal(name, kPromiseHeader, {}, lower)) text.erase(0, begin + kPromiseHeader.size());
  return text;
}

Result<std::string> read_subject(const std::string& file) {
  return usable(file, TRY(read_file(file)));
}

Result<std::string> read_kept(std::string_view option, const std::string& file) {
  auto document = usable(file, TRY(read_option_file(option, file)));
  if (!document) return std::unexpected(at_option(option, document.error()));
  return document;
}

Result<std::vector<evidence::KeptDocument>> read_all_kept(std::string_view option,
                                                          const std::vector<std::string>& files) {
  std::vector<evidence::KeptDocument> all;
  for (const auto& file : files) all.push_back({.text = TRY(read_kept(option, file)), .name = file});
  return all;
}

Result<std::string> read_earlier_checkpoint(const std::string& named) {
  const auto file = head_in(named).string();
  auto document = TRY(read_kept(kSince, file));
  if (const auto receipt = evidence::read_receipt(document)) return receipt->sealed.checkpoint;
  if (const auto head = evidence::read_journal_head(document)) return head->checkpoint;
  auto checkpoint = plain_checkpoint(std::move(document));
  if (checkpoint) return checkpoint;
  return fail(
      Code::InvalidInput,
      fmt::format("{}: {} is neither a checkpoint nor a sealed receipt nor an exported journal's {}: {}",
                  kSince, file, evidence::kJournalHeadFile, checkpoint.error().message));
}

Result<std::string> read_earlier_head(const std::string& named) {
  return read_kept(kSince, head_in(named).string());
}

}  // namespace vitrine::app
