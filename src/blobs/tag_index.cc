#include "blobs/tag_index.h"

#include <algorithm>

#include "blobs/head_coding.h"
#include "store/key_range.h"

namespace vitrine::blobs {
namespace {

using Operator = TagComparison::Operator;

constexpr std::string_view kPrefix = "tag/";
/// Ends account, key and value in a row's key: none of them holds these.
constexpr char kEndOfAccount = '/', kEnd = '\0';

store::Key row_key(const TaggedBlob& blob, std::string_view key, std::string_view value) {
  return {store::Table::State,
          tag_prefix(blob.account, key, value).append(as_text(blob.container)).append(blob.blob)};
}

Result<Tags> tags_of(const BlobHead* head) {
  if (!head || head->deletion) return Tags();
  return TRY(attribute<Tags>(head->attributes)).value_or(Tags());
}

void erase_rows(std::vector<store::Write>& writes, const TaggedBlob& blob, const Tags& tags) {
  for (const auto& [key, value] : tags.values) writes.push_back({row_key(blob, key, value), std::nullopt});
}

const TagComparison* find(const TagSearch& search, std::string_view key, auto&& is_wanted) {
  const auto found = std::ranges::find_if(search.comparisons, [&](const TagComparison& comparison) {
    return (key.empty() || comparison.key == key) && is_wanted(comparison.op);
  });
  return found == search.comparisons.end() ? nullptr : &*found;
}

}  // namespace

std::string tag_prefix(std::string_view account) {
  return std::string(kPrefix).append(account) + kEndOfAccount;
}
std::string tag_prefix(std::string_view account, std::string_view key) {
  return tag_prefix(account).append(key) + kEnd;
}
std::string tag_prefix(std::string_view account, std::string_view key, std::string_view value) {
  return tag_prefix(account, key).append(value) + kEnd;
}

Result<void> update_tag_rows(std::vector<store::Write>& writes, const keys::DataKeys& keys,
                             const TaggedBlob& blob, const BlobHead* before, const BlobHead* after) {
  const auto old_tags = TRY(tags_of(before));
  const auto tags = TRY(tags_of(after));
  if (tags == old_tags) return {};
  Tags gone = old_tags;
  std::erase_if(gone.values, [&](const auto& tag) {
    const auto kept = tags.values.find(tag.first);
    return kept != tags.values.end() && kept->second == tag.second;
  });
  erase_rows(writes, blob, gone);
  const auto row = encode_tag_row({std::string(blob.container_name), tags});
  for (const auto& [key, value] : tags.values) writes.push_back(seal(keys, row_key(blob, key, value), row));
  return {};
}

void erase_tag_rows(std::vector<store::Write>& writes, const TaggedBlob& blob, const BlobHead& head) {
  if (const auto tags = tags_of(&head)) erase_rows(writes, blob, *tags);
}

Result<TagKey> parse_tag_key(std::string_view key, std::string_view account) {
  const auto corrupt = [] { return fail(Code::Corrupt, "The key of a tag's row is not as it should be."); };
  const auto prefix = tag_prefix(account);
  if (!key.starts_with(prefix)) return corrupt();
  key.remove_prefix(prefix.size());
  TagKey parsed;
  for (auto* part : {&parsed.key, &parsed.value}) {
    const auto end = key.find(kEnd);
    if (end == std::string_view::npos) return corrupt();
    *part = key.substr(0, end);
    key.remove_prefix(end + 1);
  }
  if (key.size() <= parsed.container.size()) return corrupt();
  std::ranges::copy(as_bytes(key).first(parsed.container.size()), parsed.container.begin());
  parsed.blob = key.substr(parsed.container.size());
  return parsed;
}

std::string encode_tag_row(const TagRow& row) {
  CborWriter writer;
  writer.array(2).text(row.container_name).bytes(row.tags.encode());
  return std::string(as_text(writer.view()));
}

Result<TagRow> decode_tag_row(std::string_view bytes) {
  CborReader reader(as_bytes(bytes));
  TRY(reader.array(2));
  TagRow row{.container_name = std::string(TRY(reader.text())), .tags = {}};
  row.tags = TRY(Tags::decode(TRY(reader.bytes())));
  TRY(reader.end());
  return row;
}

TagStretch stretch_of(const TagSearch& search, std::string_view account,
                      const std::optional<ContainerId>& container) {
  const auto* equal = find(search, {}, [](Operator op) { return op == Operator::Equal; });
  if (equal) {
    auto from = tag_prefix(account, equal->key, equal->value);
    if (container) from.append(as_text(*container));
    auto to = store::key_after_prefix(from);
    return {std::move(from), std::move(to)};
  }
  const auto& key = search.comparisons.front().key;
  TagStretch stretch{tag_prefix(account, key), store::key_after_prefix(tag_prefix(account, key))};
  const auto* low = find(
      search, key, [](Operator op) { return op == Operator::Greater || op == Operator::GreaterOrEqual; });
  const auto* high =
      find(search, key, [](Operator op) { return op == Operator::Less || op == Operator::LessOrEqual; });
  if (low) {
    stretch.from = tag_prefix(account, key, low->value);
    if (low->op == Operator::Greater) stretch.from = store::key_after_prefix(stretch.from);
  }
  if (high) {
    stretch.to = tag_prefix(account, key, high->value);
    if (high->op == Operator::LessOrEqual) stretch.to = store::key_after_prefix(stretch.to);
  }
  // Bounds that cross leave nothing.
  stretch.to = std::max(stretch.from, stretch.to);
  return stretch;
}

}  // namespace vitrine::blobs
