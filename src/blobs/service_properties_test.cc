#include "blobs/service_properties.h"

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace vitrine::blobs {
namespace {

ServiceProperties sample() {
  ServiceProperties sample;
  sample.logging = {.deletes = true, .reads = false, .writes = true, .retention = 5};
  sample.hour_metrics = {.enabled = true, .include_apis = true};
  sample.cors = {{.origins = {"*"},
                  .methods = {"GET"},
                  .allowed_headers = {"x-*"},
                  .exposed_headers = {},
                  .max_age = std::chrono::seconds(200)}};
  sample.default_version = "2021-12-02";
  sample.delete_retention = {.enabled = true, .days = 7, .allows_permanent_delete = false};
  sample.static_website = {.enabled = true,
                           .index_document = "i",
                           .default_index_document = {},
                           .error_document = "e",
                           .purpose = "p"};
  return sample;
}

TEST(ServiceProperties, GoldenBytes) {
  EXPECT_EQ(to_hex(as_bytes(encode_service_properties(sample()))),
            "8801"
            "84f5f4f505"
            "83f5f5f6"
            "83f4f4f6"
            "818581612a8163474554"
            "8163782d2a"
            "80"
            "18c8"
            "6a323032312d31322d3032"
            "83f507f4"
            "85f561696061656170");
  for (const auto& properties : {ServiceProperties(), sample()})
    EXPECT_EQ(decode_service_properties(encode_service_properties(properties)).value(), properties);
}

TEST(ServiceProperties, WhatIsCutShortOrGoesOnIsRefused) {
  const auto bytes = encode_service_properties(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(decode_service_properties(bytes.substr(0, size)).error().code, Code::Corrupt) << size;
  EXPECT_EQ(decode_service_properties(bytes + '\0').error().code, Code::Corrupt);
}

TEST(ServiceProperties, AChangeLeavesWhatItDoesNotName) {
  auto properties = sample();
  ServicePropertiesChange change;
  change.cors.emplace();
  change.delete_retention = DeleteRetention{};
  apply(change, properties);
  auto expected = sample();
  expected.cors.clear();
  expected.delete_retention = {};
  EXPECT_EQ(properties, expected);
}

}  // namespace
}  // namespace vitrine::blobs
