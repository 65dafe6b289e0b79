#include "azure/blob/operation_table.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace vitrine::azure::blob {
namespace {

struct Asked {
  http::Method method = http::Method::Get;
  http::Target target;
  http::Headers headers;

  Result<const Operation*> find(Scope scope) const {
    return find_operation(scope, {method, target, headers});
  }
};

void put_mark(Asked& request, const Mark& mark) {
  std::string value(mark.value.empty() ? "anything" : mark.value);
  if (mark.place == Mark::Place::Header) request.headers.set(mark.name, value);
  if (mark.place == Mark::Place::Parameter) request.target.query.push_back({std::string(mark.name), value});
}

Asked request_of(const Operation& operation) {
  Asked request;
  request.method = operation.method;
  if (!operation.restype.empty()) request.target.query.push_back({"restype", std::string(operation.restype)});
  if (!operation.comp.empty()) request.target.query.push_back({"comp", std::string(operation.comp)});
  for (const auto& mark : operation.marks) put_mark(request, mark);
  return request;
}

TEST(OperationTable, EveryRowIsReachedByItsOwnRequest) {
  for (const auto& row : all_operations()) {
    auto found = request_of(row).find(row.scope);
    ASSERT_TRUE(found) << row.name << ": " << found.error().message;
    EXPECT_EQ(*found, &row) << row.name << " is shadowed by " << (*found)->name;
  }
}

TEST(OperationTable, NoTwoRowsAreAlike) {
  using Key = std::tuple<Scope, http::Method, std::string_view, std::string_view, std::set<std::string>>;
  std::set<Key> keys;
  for (const auto& row : all_operations()) {
    std::set<std::string> marks;
    for (const auto& mark : row.marks) marks.insert(std::string(mark.name) + "=" + std::string(mark.value));
    EXPECT_TRUE(keys.insert({row.scope, row.method, row.restype, row.comp, marks}).second) << row.name;
  }
}

struct Row {
  std::string_view target;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string_view name;  // or none, and the code
  Code code = Code::Internal;
};

void expect(const Row& row, http::Method method) {
  Asked request;
  request.method = method;
  request.target = *http::Target::parse(row.target);
  for (auto [name, value] : row.headers) request.headers.add(name, value);
  auto address = *parse_address(request.target, "127.0.0.1");
  auto found = request.find(scope_of(address));
  ASSERT_EQ(found.has_value(), !row.name.empty()) << row.target;
  if (found)
    EXPECT_EQ((*found)->name, row.name) << row.target;
  else
    EXPECT_EQ(found.error().code, row.code) << row.target << found.error().message;
}

TEST(OperationTable, PutsAreToldApartByTheirMarks) {
  for (const Row& row : {
           Row{"/acct/con/b", {{"x-ms-blob-type", "BlockBlob"}}, "blob.put"},
           Row{"/acct/con/b", {{"x-ms-blob-type", "blockblob"}}, "blob.put"},
           Row{"/acct/con/b",
               {{"x-ms-blob-type", "BlockBlob"}, {"x-ms-copy-source", "u"}},
               "blob.put-from-url"},
           Row{"/acct/con/b", {{"x-ms-copy-source", "u"}}, "blob.copy"},
           Row{"/acct/con/b",
               {{"x-ms-copy-source", "u"}, {"x-ms-requires-sync", "true"}},
               "blob.copy-from-url"},
           Row{"/acct/con/b", {{"x-ms-copy-source", "u"}, {"x-ms-requires-sync", "false"}}, "blob.copy"},
           Row{"/acct/con/b?comp=block", {{"x-ms-copy-source", "u"}}, "blob.put-block-from-url"},
           Row{"/acct/con/b?comp=Block&blockid=AAAA", {}, "blob.put-block"},
           Row{"/acct/con/b?timeout=30&comp=blocklist", {}, "blob.put-block-list"},
           Row{"/acct/con/b?comp=page", {{"x-ms-page-write", "update"}}, "page.put"},
           Row{"/acct/con?restype=container", {}, "container.create"},
           Row{"/acct/b", {{"x-ms-blob-type", "BlockBlob"}}, "blob.put"},
           Row{"/acct/con/b", {}, "", Code::MissingRequiredHeader},
           Row{"/acct/con/b", {{"x-ms-blob-type", "Blob"}}, "", Code::InvalidHeaderValue},
           Row{"/acct/con/b?comp=lease", {{"x-ms-lease-action", "steal"}}, "", Code::InvalidHeaderValue},
           Row{"/acct/con/b?comp=lease", {}, "", Code::MissingRequiredHeader},
           Row{"/acct/con/b",
               {{"x-ms-blob-type", "AppendBlob"}, {"x-ms-copy-source", "u"}},
               "",
               Code::InvalidHeaderValue},
           Row{"/acct/con/b",
               {{"x-ms-blob-type", "BlockBlob"}, {"x-ms-copy-source", "u"}, {"x-ms-requires-sync", "true"}},
               "",
               Code::InvalidHeaderValue},
           Row{"/acct/con/b?comp=unknown", {}, "", Code::InvalidQueryParameterValue},
           Row{"/acct?comp=list", {}, "", Code::UnsupportedHttpVerb},
       })
    expect(row, http::Method::Put);
}

TEST(OperationTable, GetsAreToldApartByTheirParameters) {
  for (const Row& row : {
           Row{"/acct?comp=list", {}, "service.list-containers"},
           Row{"/acct/con?restype=container&comp=list&delimiter=/", {}, "container.list-blobs"},
           Row{"/acct/con?restype=account&comp=properties", {}, "container.get-account-information"},
           Row{"/acct/?restype=account&comp=properties", {}, "service.get-account-information"},
           Row{"/acct/con/b?snapshot=2026", {}, "blob.get"},
           Row{"/acct/index.html", {}, "blob.get"},
           Row{"/acct/con/b?comp=pagelist", {}, "page.get-ranges"},
           Row{"/acct/con/b?comp=pagelist&prevsnapshot=s",
               {{"x-ms-previous-snapshot-url", "u"}},
               "page.get-ranges-diff"},
           Row{"/acct", {}, "", Code::InvalidQueryParameterValue},
           Row{"/acct/con/", {}, "", Code::InvalidQueryParameterValue},
       })
    expect(row, http::Method::Get);
}

TEST(OperationTable, APreflightNeedsNoParametersOfItsOwn) {
  expect({"/acct/con/b?comp=block", {}, "blob.preflight"}, http::Method::Options);
  expect({"/acct?comp=list", {}, "service.preflight"}, http::Method::Options);
}

TEST(OperationTable, WhatIsNotOfferedIsNamed) {
  auto error = not_offered(all_operations().front());
  EXPECT_EQ(error.code, Code::NotImplemented);
  EXPECT_NE(error.message.find("service.list-containers"), std::string::npos);
}

}  // namespace
}  // namespace vitrine::azure::blob
