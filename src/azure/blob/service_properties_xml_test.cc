#include "azure/blob/service_properties_xml.h"

#include <gtest/gtest.h>

namespace vitrine::azure::blob {
namespace {

struct Row {
  std::string_view inside;
  Code code = Code::Internal;  // Internal: accepted
};

void expect(const Row& row, const Result<void>& result) {
  ASSERT_EQ(result.has_value(), row.code == Code::Internal) << row.inside;
  if (!result) EXPECT_EQ(result.error().code, row.code) << row.inside;
}

TEST(ServiceProperties, WhatHoldsMayBeSet) {
  EXPECT_TRUE(require_no_service_properties(write_service_properties()));
}

TEST(ServiceProperties, WhatWouldBeSwitchedOnIsRefused) {
  for (const Row& row : {
           Row{""},
           Row{"<Cors/>"},
           Row{"<StaticWebsite><Enabled>False</Enabled></StaticWebsite>"},
           Row{"<DeleteRetentionPolicy><Enabled>false</Enabled><Days>7</Days></DeleteRetentionPolicy>"},
           Row{"<DefaultServiceVersion/>"},
           Row{"<DefaultServiceVersion>2021-12-02</DefaultServiceVersion>", Code::NotImplemented},
           Row{"<Cors><CorsRule/></Cors>", Code::NotImplemented},
           Row{"<Logging><Delete>true</Delete></Logging>", Code::NotImplemented},
           Row{"<HourMetrics><Enabled>false</Enabled><RetentionPolicy><Enabled>TRUE</Enabled></"
               "RetentionPolicy>"
               "</HourMetrics>",
               Code::NotImplemented},
           Row{"<StaticWebsite><Enabled>1</Enabled></StaticWebsite>", Code::InvalidXmlDocument},
           Row{"<QueryAcceleration/>", Code::InvalidXmlDocument},
           Row{"text", Code::InvalidXmlDocument},
       })
    expect(row, require_no_service_properties("<StorageServiceProperties>" + std::string(row.inside) +
                                              "</StorageServiceProperties>"));
}

}  // namespace
}  // namespace vitrine::azure::blob
