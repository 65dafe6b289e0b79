#include "azure/blob/wire_error.h"

#include <gtest/gtest.h>

namespace vitrine::azure::blob {
namespace {

const AnswerLabel kLabel{"5e1f", from_micros(0)};

TEST(WireError, EveryCodeHasAnAzureCodeAndAnErrorStatus) {
  for (auto i = 0; i <= static_cast<int>(Code::Internal); ++i) {
    auto code = static_cast<Code>(i);
    EXPECT_FALSE(azure_code(code).empty());
    EXPECT_TRUE(code == Code::NotModified || http_status(code) >= 400) << name(code);
  }
}

TEST(WireError, CodesThatSdksTestFor) {
  struct Row {
    Code code;
    unsigned status;
    std::string_view azure;
  };
  for (auto [code, status, azure] : {
           Row{Code::BlobNotFound, 404, "BlobNotFound"},
           Row{Code::ContainerNotFound, 404, "ContainerNotFound"},
           Row{Code::ContainerAlreadyExists, 409, "ContainerAlreadyExists"},
           Row{Code::BlobAlreadyExists, 409, "BlobAlreadyExists"},
           Row{Code::ConditionNotMet, 412, "ConditionNotMet"},
           Row{Code::NotModified, 304, "ConditionNotMet"},
           Row{Code::UnsatisfiableCondition, 400, "UnsatisfiableCondition"},
           Row{Code::InvalidRange, 416, "InvalidRange"},
           Row{Code::AuthenticationFailed, 403, "AuthenticationFailed"},
           Row{Code::NoAuthenticationInformation, 401, "NoAuthenticationInformation"},
           Row{Code::AuthorizationSourceIpMismatch, 403, "AuthorizationSourceIPMismatch"},
           Row{Code::InvalidBlockList, 400, "InvalidBlockList"},
           Row{Code::Md5Mismatch, 400, "Md5Mismatch"},
           Row{Code::RequestBodyTooLarge, 413, "RequestBodyTooLarge"},
           Row{Code::ServerBusy, 503, "ServerBusy"},
           Row{Code::Internal, 500, "InternalError"},
           Row{Code::Corrupt, 500, "InternalError"},
           Row{Code::PolicyDenied, 403, "PolicyDenied"},
           Row{Code::NotImplemented, 501, "NotImplemented"},
       }) {
    EXPECT_EQ(azure_status(code), status) << azure;
    EXPECT_EQ(azure_code(code), azure);
  }
}

TEST(WireError, ABodyNamesCodeMessageAndRequest) {
  auto answer = error_answer({Code::BlobNotFound, "No blob <a&b>.", {}}, http::Method::Get, kLabel);
  EXPECT_EQ(answer.status, 404u);
  EXPECT_EQ(answer.headers.get("x-ms-error-code"), "BlobNotFound");
  EXPECT_EQ(answer.headers.get("content-type"), "application/xml");
  EXPECT_EQ(answer.body,
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>BlobNotFound</Code><Message>No blob "
            "&lt;a&amp;b&gt;.\nRequestId:5e1f\nTime:1970-01-01T00:00:00.0000000Z</Message></Error>");
}

TEST(WireError, WhoMeetsDamageIsToldWhoKnowsMore) {
  const auto hint = "Table 7 is damaged. The server's log tells its operator more.\nRequestId:5e1f";
  auto answer = error_answer({Code::Corrupt, "Table 7 is damaged.", {}}, http::Method::Get, kLabel);
  EXPECT_NE(answer.body.find(hint), std::string::npos) << answer.body;
  answer = error_answer({Code::DeviceFailed, "The disk failed.", {}}, http::Method::Get, kLabel);
  EXPECT_NE(answer.body.find("The disk failed.\nRequestId"), std::string::npos) << answer.body;
}

TEST(WireError, HeadAndNotModifiedHaveHeadersOnly) {
  for (auto [code, method] :
       {std::pair{Code::BlobNotFound, http::Method::Head}, {Code::NotModified, http::Method::Get}}) {
    auto answer = error_answer({code, "text", {}}, method, kLabel);
    EXPECT_TRUE(answer.body.empty());
    EXPECT_EQ(answer.headers.get("x-ms-error-code"), azure_code(code));
  }
}

TEST(WireError, WhoeverIsUnknownLearnsHowToBecomeKnown) {
  auto answer = error_answer({Code::NoAuthenticationInformation, "Sign it.", {}}, http::Method::Get, kLabel);
  EXPECT_EQ(answer.headers.get("WWW-Authenticate"), "SharedKey");
}

TEST(WireError, WhatWasFoundAtASourceIsTold) {
  const Error found{Code::NoAuthenticationInformation, "Sign it.", {}};
  auto label = kLabel;
  label.source = &found;
  auto answer = error_answer({Code::CannotVerifyCopySource, "No.", {}}, http::Method::Put, label);
  EXPECT_EQ(answer.status, 403u) << "the request itself is authenticated";
  EXPECT_EQ(answer.headers.get("x-ms-copy-source-status-code"), "401");
  EXPECT_EQ(answer.headers.get("x-ms-copy-source-error-code"), "NoAuthenticationInformation");
  EXPECT_TRUE(answer.body.contains(
      "<CopySourceStatusCode>401</CopySourceStatusCode><CopySourceErrorCode>NoAuthenticationInformation"
      "</CopySourceErrorCode><CopySourceErrorMessage>Sign it.</CopySourceErrorMessage>"))
      << answer.body;
}

TEST(WireError, ADenialNamesItsPolicy) {
  auto answer = error_answer({Code::PolicyDenied, "Suspended.", "charter.3"}, http::Method::Put, kLabel);
  EXPECT_EQ(answer.status, 403u);
  EXPECT_EQ(answer.headers.get("x-ms-vitrine-policy"), "charter.3");
  EXPECT_NE(answer.body.find("<PolicyId>charter.3</PolicyId>"), std::string::npos);
}

}  // namespace
}  // namespace vitrine::azure::blob
