// For tests: a certificate that nobody vouches for.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "http/tls.h"

namespace vitrine::http {

/// Whom a certificate is for.
struct Subject {
  std::string alternative_names{};  ///< as OpenSSL writes them: "IP:127.0.0.1,DNS:a"; empty: none
  std::string common_name = "test";
};

/// A fresh key and a certificate it signed for itself, in a folder that goes with it.
class SelfSigned {
 public:
  explicit SelfSigned(const Subject& subject = {}) {
    std::string made = (std::filesystem::temp_directory_path() / "tls-test-XXXXXX").string();
    folder_ = ::mkdtemp(made.data());
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    name(certificate, subject);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    write(files().certificate_chain, [&](std::FILE* file) { return PEM_write_X509(file, certificate); });
    write(files().private_key, [&](std::FILE* file) {
      return PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  ~SelfSigned() { std::filesystem::remove_all(folder_); }
  SelfSigned(const SelfSigned&) = delete;
  SelfSigned& operator=(const SelfSigned&) = delete;

  [[nodiscard]] TlsFiles files() const {
    return {(folder_ / "chain.pem").string(), (folder_ / "key.pem").string()};
  }
  [[nodiscard]] std::string pem() const {
    std::ifstream file(files().certificate_chain);
    return {std::istreambuf_iterator(file), {}};
  }

 private:
  static void name(X509* certificate, const Subject& subject) {
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(subject.common_name.data()),
                               static_cast<int>(subject.common_name.size()), -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    if (subject.alternative_names.empty()) return;
    auto* extension =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, subject.alternative_names.c_str());
    ASSERT_EQ(X509_add_ext(certificate, extension, -1), 1);
    X509_EXTENSION_free(extension);
  }
  template <class Write>
  static void write(const std::string& path, Write write) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(write(file), 1);
    std::fclose(file);
  }

  std::filesystem::path folder_;
};

}  // namespace vitrine::http
