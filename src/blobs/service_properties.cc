#include "blobs/service_properties.h"

#include <utility>

#include "base/cbor.h"

namespace vitrine::blobs {
namespace {

constexpr std::uint64_t kFormat = 1;

void write_days(CborWriter& writer, const RetentionDays& days) {
  if (days)
    writer.unsigned_int(*days);
  else
    writer.null();
}

Result<std::uint32_t> read_number(CborReader& reader, std::uint64_t most) {
  const auto number = TRY(reader.unsigned_int());
  if (number > most) return fail(Code::Corrupt, "A stored setting is out of its range.");
  return static_cast<std::uint32_t>(number);
}

Result<RetentionDays> read_days(CborReader& reader) {
  if (reader.skip_null()) return RetentionDays();
  return RetentionDays(TRY(read_number(reader, kMostRetentionDays)));
}

void write_metrics(CborWriter& writer, const MetricsSettings& metrics) {
  writer.array(3).boolean(metrics.enabled).boolean(metrics.include_apis);
  write_days(writer, metrics.retention);
}

Result<MetricsSettings> read_metrics(CborReader& reader) {
  TRY(reader.array(3));
  return MetricsSettings{.enabled = TRY(reader.boolean()),
                         .include_apis = TRY(reader.boolean()),
                         .retention = TRY(read_days(reader))};
}

Result<LoggingSettings> read_logging(CborReader& reader) {
  TRY(reader.array(4));
  return LoggingSettings{.deletes = TRY(reader.boolean()),
                         .reads = TRY(reader.boolean()),
                         .writes = TRY(reader.boolean()),
                         .retention = TRY(read_days(reader))};
}

void write_texts(CborWriter& writer, const std::vector<std::string>& texts) {
  writer.array(texts.size());
  for (const auto& text : texts) writer.text(text);
}

Result<std::vector<std::string>> read_texts(CborReader& reader) {
  std::vector<std::string> texts(TRY(reader.array_up_to(kMostCorsHeaders + kMostCorsPrefixes)));
  for (auto& text : texts) text = TRY(reader.text());
  return texts;
}

void write_rule(CborWriter& writer, const CorsRule& rule) {
  writer.array(5);
  for (const auto* texts : {&rule.origins, &rule.methods, &rule.allowed_headers, &rule.exposed_headers})
    write_texts(writer, *texts);
  writer.unsigned_int(static_cast<std::uint64_t>(rule.max_age.count()));
}

Result<CorsRule> read_rule(CborReader& reader) {
  TRY(reader.array(5));
  return CorsRule{.origins = TRY(read_texts(reader)),
                  .methods = TRY(read_texts(reader)),
                  .allowed_headers = TRY(read_texts(reader)),
                  .exposed_headers = TRY(read_texts(reader)),
                  .max_age = std::chrono::seconds(TRY(read_number(reader, INT32_MAX)))};
}

Result<std::vector<CorsRule>> read_rules(CborReader& reader) {
  std::vector<CorsRule> rules(TRY(reader.array_up_to(kMostCorsRules)));
  for (auto& rule : rules) rule = TRY(read_rule(reader));
  return rules;
}

Result<DeleteRetention> read_delete_retention(CborReader& reader) {
  TRY(reader.array(3));
  return DeleteRetention{.enabled = TRY(reader.boolean()),
                         .days = TRY(read_number(reader, kMostRetentionDays)),
                         .allows_permanent_delete = TRY(reader.boolean())};
}

Result<StaticWebsite> read_static_website(CborReader& reader) {
  TRY(reader.array(5));
  return StaticWebsite{.enabled = TRY(reader.boolean()),
                       .index_document = std::string(TRY(reader.text())),
                       .default_index_document = std::string(TRY(reader.text())),
                       .error_document = std::string(TRY(reader.text())),
                       .purpose = std::string(TRY(reader.text()))};
}

template <class T>
void take(std::optional<T>& from, T& to) {
  if (from) to = std::move(*from);
}

}  // namespace

void apply(ServicePropertiesChange change, ServiceProperties& properties) {
  take(change.logging, properties.logging);
  take(change.hour_metrics, properties.hour_metrics);
  take(change.minute_metrics, properties.minute_metrics);
  take(change.cors, properties.cors);
  take(change.default_version, properties.default_version);
  take(change.delete_retention, properties.delete_retention);
  take(change.static_website, properties.static_website);
}

std::string encode_service_properties(const ServiceProperties& properties) {
  CborWriter writer;
  const auto& logging = properties.logging;
  writer.array(8).unsigned_int(kFormat).array(4);
  writer.boolean(logging.deletes).boolean(logging.reads).boolean(logging.writes);
  write_days(writer, logging.retention);
  write_metrics(writer, properties.hour_metrics);
  write_metrics(writer, properties.minute_metrics);
  writer.array(properties.cors.size());
  for (const auto& rule : properties.cors) write_rule(writer, rule);
  writer.text(properties.default_version);
  const auto& deletion = properties.delete_retention;
  writer.array(3).boolean(deletion.enabled).unsigned_int(deletion.days);
  writer.boolean(deletion.allows_permanent_delete);
  const auto& site = properties.static_website;
  writer.array(5).boolean(site.enabled).text(site.index_document);
  writer.text(site.default_index_document).text(site.error_document).text(site.purpose);
  return std::string(as_text(writer.view()));
}

Result<ServiceProperties> decode_service_properties(std::string_view bytes) {
  CborReader reader(as_bytes(bytes));
  TRY(reader.array(8));
  if (TRY(reader.unsigned_int()) != kFormat)
    return fail(Code::Corrupt, "The settings of a blob service have an unknown format.");
  ServiceProperties properties{.logging = TRY(read_logging(reader)),
                               .hour_metrics = TRY(read_metrics(reader)),
                               .minute_metrics = TRY(read_metrics(reader)),
                               .cors = TRY(read_rules(reader)),
                               .default_version = std::string(TRY(reader.text())),
                               .delete_retention = TRY(read_delete_retention(reader)),
                               .static_website = TRY(read_static_website(reader))};
  TRY(reader.end());
  return properties;
}

store::Key service_properties_key(const identity::AccountName& account) {
  return {store::Table::State, "service/" + account.text()};
}

}  // namespace vitrine::blobs
