#include "evidence/shown_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "evidence/readable.h"
#include "evidence/verify_report.h"
#include "tlog/widest_file.h"

namespace vitrine::evidence {
namespace {

namespace json = boost::json;
using tlog::kTileWidth;

Result<void> visit_bundle(const tlog::BundleId& id, ConstBytes bytes, const RecordRange& range,
                          const RecordVisitor& visit) {
  const auto entries = tlog::split_bundle(bytes, id.width);
  if (!entries) return fail(Code::Corrupt, fmt::format("{}: {}", path(id), entries.error().message));
  for (auto index = range.first; index <= range.last; ++index) {
    const auto record = decode_shown((*entries)[index - id.index * kTileWidth]);
    if (!record)
      return fail(Code::Corrupt, fmt::format("{}, record {}: {}", path(id), index, record.error().message));
    visit.record(index, *record);
  }
  return {};
}

std::optional<json::object> fields_of(FacetKind kind, const ShownRecord& record) {
  const auto* open = open_facet(record, kind);
  if (!open) return std::nullopt;
  return readable_facet(kind, open->cbor).value();  // decode_shown() read it already
}

std::string text(const json::object& fields, std::string_view name) {
  const auto& value = fields.at(name);
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

/// With the word in front, where there is one.
std::string labelled(std::string_view label, const std::string& value) {
  return value.empty() ? "" : fmt::format(", {} {}", label, value);
}

std::string in_words(const json::object& outcome) {
  const auto& closing = outcome.at("closing");
  if (!closing.is_object()) return fmt::format("status {}", text(outcome, "status"));
  return fmt::format("closes record {}, {}", text(closing.get_object(), "first_index"),
                     text(closing.get_object(), "end_state"));
}

std::string place_in_words(const json::object& what) {
  const auto container = text(what, "container"), blob = text(what, "blob");
  if (container.empty() || blob.empty()) return container + blob;
  return container + "/" + blob;
}

}  // namespace

Result<void> visit_records(const ReadJournalFile& read, std::uint64_t size, const RecordRange& range,
                           const RecordVisitor& visit) {
  for (auto index = range.first / kTileWidth; index <= range.last / kTileWidth; ++index) {
    const RecordRange wanted{std::max(range.first, index * kTileWidth),
                             std::min(range.last, (index + 1) * kTileWidth - 1)};
    const auto width = tlog::tile_width(0, index, size);
    auto bundle = tlog::read_widest(read, tlog::BundleId{.index = index, .width = width});
    if (!bundle && bundle.error().code == Code::ResourceNotFound) {
      TRY(tlog::read_widest(read, tlog::TileId{.level = 0, .index = index, .width = width}));
      visit.dropped(wanted);
      continue;
    }
    const auto file = TRY(std::move(bundle));
    TRY(visit_bundle({.index = index, .width = file.width}, file.bytes, wanted, visit));
  }
  return {};
}

json::object record_fields(std::uint64_t index, const ShownRecord& record) {
  json::object out{{"index", index}};
  for (auto kind : kFacetKinds) {
    auto fields = fields_of(kind, record);
    out[name(kind)] = fields ? json::value(std::move(*fields)) : json::value(nullptr);
  }
  return out;
}

std::string record_in_words(std::uint64_t index, const ShownRecord& record) {
  const auto who = fields_of(FacetKind::Who, record), what = fields_of(FacetKind::What, record);
  const auto why = fields_of(FacetKind::Why, record), outcome = fields_of(FacetKind::Outcome, record);
  const auto first = fmt::format(
      "{:>8}  {}  {}, {}  {}", index, outcome ? text(*outcome, "time") : "(outcome is closed)",
      why ? text(*why, "decision") : "(why is closed)", outcome ? in_words(*outcome) : "(outcome is closed)",
      what ? text(*what, "action") + " " + place_in_words(*what) : "(what is closed)");
  const auto second = fmt::format(
      "          {}; {}",
      who ? fmt::format("by {}{}", text(*who, "principal"), labelled("proved by", text(*who, "credential")))
          : "(who is closed)",
      why ? "for " + text(*why, "purpose") + labelled("on the basis", text(*why, "basis"))
          : "(why is closed)");
  return printable(first) + "\n" + printable(second) + "\n";
}

}  // namespace vitrine::evidence
