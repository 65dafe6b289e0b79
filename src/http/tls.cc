#include "http/tls.h"

#include <fmt/format.h>

namespace vitrine::http {

Result<std::unique_ptr<boost::asio::ssl::context>> load_tls(const TlsFiles& files) {
  using Context = boost::asio::ssl::context;
  auto context = std::make_unique<Context>(Context::tls_server);
  boost::system::error_code problem;
  (void)context->set_options(Context::default_workarounds | Context::no_tlsv1 | Context::no_tlsv1_1, problem);
  if (!problem) (void)context->use_certificate_chain_file(files.certificate_chain, problem);
  if (problem) {
    return fail(Code::InvalidInput, fmt::format("The certificate chain '{}' cannot be used: {}.",
                                                files.certificate_chain, problem.message()));
  }
  (void)context->use_private_key_file(files.private_key, Context::pem, problem);
  if (problem) {
    return fail(Code::InvalidInput,
                fmt::format("The private key '{}' cannot be used with its certificate: {}.",
                            files.private_key, problem.message()));
  }
  return context;
}

}  // namespace vitrine::http
