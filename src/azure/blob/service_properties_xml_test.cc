#include "azure/blob/service_properties_xml.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace vitrine::azure::blob {
namespace {

using blobs::ServiceProperties;

Result<blobs::ServicePropertiesChange> parse(std::string_view inside) {
  return parse_service_properties(
      fmt::format("<StorageServiceProperties>{}</StorageServiceProperties>", inside));
}

ServiceProperties everything() {
  ServiceProperties all;
  all.logging = {.deletes = true, .reads = false, .writes = true, .retention = 5};
  all.hour_metrics = {.enabled = true, .include_apis = true, .retention = 365};
  all.minute_metrics = {.enabled = true, .include_apis = false};
  all.cors = {{.origins = {"https://a.example", "https://*.b.example:8080"},
               .methods = {"GET", "PUT"},
               .allowed_headers = {"x-ms-meta-*", "content-type"},
               .exposed_headers = {"*"},
               .max_age = std::chrono::seconds(200)},
              {.origins = {"*"}, .methods = {"HEAD"}, .allowed_headers = {}, .exposed_headers = {}}};
  all.default_version = "2021-12-02";
  all.delete_retention = {.enabled = true, .days = 7, .allows_permanent_delete = true};
  all.static_website = {.enabled = true,
                        .index_document = "i.html",
                        .default_index_document = {},
                        .error_document = "e/404.html"};
  return all;
}

TEST(ServiceProperties, WhatIsWrittenIsRead) {
  for (const auto& properties : {ServiceProperties(), everything()}) {
    const auto change = parse_service_properties(write_service_properties(properties));
    ASSERT_TRUE(change) << change.error().message;
    auto read = everything();
    apply(*change, read);
    if (properties.default_version.empty()) read.default_version.clear();  // cannot be taken back
    EXPECT_EQ(read, properties);
  }
}

TEST(ServiceProperties, WhatIsLeftOutStays) {
  auto properties = everything();
  apply(parse("<Cors/>").value(), properties);
  EXPECT_TRUE(properties.cors.empty());
  properties.cors = everything().cors;
  EXPECT_EQ(properties, everything());
}

std::string cors(std::string_view origins, std::string_view methods = "GET", std::string_view allowed = "",
                 std::string_view exposed = "", std::string_view age = "5") {
  return fmt::format(
      "<Cors><CorsRule><AllowedOrigins>{}</AllowedOrigins><AllowedMethods>{}</AllowedMethods>"
      "<AllowedHeaders>{}</AllowedHeaders><ExposedHeaders>{}</ExposedHeaders>"
      "<MaxAgeInSeconds>{}</MaxAgeInSeconds></CorsRule></Cors>",
      origins, methods, allowed, exposed, age);
}

std::string many(std::size_t count, std::string_view form) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) list += ',';
    list += fmt::format(fmt::runtime(form), i);
  }
  return list;
}

struct Row {
  std::string inside;
  Code code = Code::Internal;  // Internal: accepted
};

void expect(const Row& row) {
  const auto result = parse(row.inside);
  ASSERT_EQ(result.has_value(), row.code == Code::Internal) << row.inside;
  if (!result) EXPECT_EQ(result.error().code, row.code) << row.inside;
}

TEST(ServiceProperties, SectionsAreWhole) {
  const std::string logging = "<Delete>true</Delete><Read>true</Read><Write>true</Write>";
  for (const Row& row : {
           Row{""},
           Row{"<Logging><Version>1.0</Version>" + logging + "</Logging>"},
           Row{"<Logging><Version>2.0</Version>" + logging + "</Logging>", Code::InvalidXmlNodeValue},
           Row{"<Logging><Delete>true</Delete></Logging>", Code::InvalidXmlDocument},
           Row{"<Logging>" + logging + "</Logging><Logging>" + logging + "</Logging>",
               Code::InvalidXmlDocument},
           Row{"<HourMetrics><Enabled>false</Enabled><RetentionPolicy><Enabled>TRUE</Enabled><Days>1</Days>"
               "</RetentionPolicy></HourMetrics>"},
           Row{"<HourMetrics><Enabled>false</Enabled><RetentionPolicy><Enabled>false</Enabled><Days>1</Days>"
               "</RetentionPolicy></HourMetrics>",
               Code::InvalidXmlDocument},
           Row{"<HourMetrics/>", Code::InvalidXmlDocument},
           Row{"<DeleteRetentionPolicy><Enabled>true</Enabled></DeleteRetentionPolicy>",
               Code::InvalidXmlDocument},
           Row{"<DeleteRetentionPolicy><Enabled>true</Enabled><Days>365</Days></DeleteRetentionPolicy>"},
           Row{"<DeleteRetentionPolicy><Enabled>true</Enabled><Days>366</Days></DeleteRetentionPolicy>",
               Code::InvalidXmlNodeValue},
           Row{"<DeleteRetentionPolicy><Enabled>true</Enabled><Days>0</Days></DeleteRetentionPolicy>",
               Code::InvalidXmlNodeValue},
           Row{"<DefaultServiceVersion/>"},
           Row{"<DefaultServiceVersion>2021-12-02</DefaultServiceVersion>"},
           Row{"<DefaultServiceVersion>latest</DefaultServiceVersion>", Code::InvalidXmlNodeValue},
           Row{"<StaticWebsite><Enabled>False</Enabled></StaticWebsite>"},
           Row{"<StaticWebsite><Enabled>1</Enabled></StaticWebsite>", Code::InvalidXmlDocument},
           Row{"<StaticWebsite><Enabled>true</Enabled><IndexDocument>a/b</IndexDocument></StaticWebsite>",
               Code::InvalidXmlNodeValue},
           Row{"<StaticWebsite><Enabled>true</Enabled><IndexDocument>a</IndexDocument>"
               "<DefaultIndexDocumentPath>b</DefaultIndexDocumentPath></StaticWebsite>",
               Code::InvalidXmlDocument},
           Row{"<QueryAcceleration/>", Code::InvalidXmlDocument},
           Row{"text", Code::InvalidXmlDocument},
       })
    expect(row);
}

TEST(ServiceProperties, CorsRulesHaveAzuresLimits) {
  const auto rule = cors("*").substr(6, cors("*").size() - 13);
  for (const Row& row : {
           Row{cors("*")},
           Row{cors(" https://a.example , https://*.b.example ", "GET,PUT", "*", "x-*,y", "2147483647")},
           Row{cors(many(64, "http://a{}"))},
           Row{cors(many(65, "http://a{}")), Code::InvalidXmlNodeValue},
           Row{cors(std::string(257, 'a')), Code::InvalidXmlNodeValue},
           Row{cors(""), Code::InvalidXmlNodeValue},
           Row{cors("*,http://a"), Code::InvalidXmlNodeValue},
           Row{cors("http://a b"), Code::InvalidXmlNodeValue},
           Row{cors("http://*"), Code::InvalidXmlNodeValue},
           Row{cors("http://*.*.a"), Code::InvalidXmlNodeValue},
           Row{cors("*", ""), Code::InvalidXmlNodeValue},
           Row{cors("*", "get"), Code::InvalidXmlNodeValue},
           Row{cors("*", "GET,,PUT"), Code::InvalidXmlNodeValue},
           Row{cors("*", "TRACE"), Code::InvalidXmlNodeValue},
           Row{cors("*", "GET", many(64, "h{}") + ",a*,b*")},
           Row{cors("*", "GET", many(65, "h{}")), Code::InvalidXmlNodeValue},
           Row{cors("*", "GET", "", "a*,b*,c*"), Code::InvalidXmlNodeValue},
           Row{cors("*", "GET", "a b"), Code::InvalidXmlNodeValue},
           Row{cors("*", "GET", "", "a&#10;b"), Code::InvalidXmlNodeValue},
           Row{cors("*", "GET", "", "", "-1"), Code::InvalidXmlNodeValue},
           Row{cors("*", "GET", "", "", "2147483648"), Code::InvalidXmlNodeValue},
           Row{"<Cors><CorsRule><AllowedOrigins>*</AllowedOrigins></CorsRule></Cors>",
               Code::InvalidXmlDocument},
           Row{"<Cors><Rule/></Cors>", Code::InvalidXmlDocument},
           Row{"<Cors>" + rule + rule + rule + rule + rule + "</Cors>"},
           Row{"<Cors>" + rule + rule + rule + rule + rule + rule + "</Cors>", Code::InvalidXmlDocument},
           Row{cors("*", "GET", many(9, std::string(240, 'h') + "{}")), Code::InvalidXmlDocument},
       })
    expect(row);
}

}  // namespace
}  // namespace vitrine::azure::blob
