#include "app/first_accounts.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/encoding.h"
#include "identity/emulator.h"
#include "operations/accounts.h"

namespace vitrine::app {
namespace {

constexpr std::string_view kOperator = "operator";

Task<Result<void>> create(Foundations& foundations, operations::CreateAccount request) {
  auto exchange = operations::system_exchange(
      foundations.floors(),
      {.name = request.name, .organisation = request.organisation, .slot = 0, .journal = {}, .keys = {}});
  CO_TRY(co_await operations::create_account(foundations.floors(), foundations.accounts(), exchange,
                                             std::move(request)));
  co_return Result<void>{};
}

Task<Result<void>> ensure_system_account(Foundations& foundations) {
  if (foundations.accounts().find(identity::kSystemAccount)) co_return Result<void>{};
  operations::CreateAccount request{.name = CO_TRY(identity::AccountName::parse(identity::kSystemAccount)),
                                    .organisation = CO_TRY(identity::OrganisationId::parse(kOperator)),
                                    .keys = {}};
  co_return co_await create(foundations, std::move(request));
}

bool has_all(const identity::Account& account, const std::vector<Bytes>& secrets) {
  return std::ranges::all_of(secrets, [&](const Bytes& secret) {
    return std::ranges::find(account.keys, secret, &identity::AccessKey::secret) != account.keys.end();
  });
}

Task<Result<void>> ensure(Foundations& foundations, identity::ConfiguredAccount wanted) {
  if (auto known = foundations.accounts().find(wanted.name.text())) {
    if (has_all(known->account(), wanted.secrets)) co_return Result<void>{};
    co_return fail(
        Code::InvalidInput,
        fmt::format("The account '{}' is kept in {} with other keys than the ones configured now; start "
                    "with its first keys or with another --data-dir.",
                    wanted.name.text(), foundations.data().root.string()));
  }
  auto purposes = CO_TRY(purposes_of_a_developer(foundations.floors().gate.purposes()));
  operations::CreateAccount request{
      .name = wanted.name,
      .organisation = CO_TRY(identity::OrganisationId::parse(wanted.name.text())),
      .keys = {}};
  for (auto& secret : wanted.secrets) {
    auto name = fmt::format("key{}", request.keys.size() + 1);
    request.keys.push_back({.name = CO_TRY(identity::KeyName::parse(name)),
                            .secret = std::move(secret),
                            .default_purpose = CO_TRY(identity::PurposeId::parse(kDevelopment)),
                            .allowed_purposes = purposes});
  }
  co_return co_await create(foundations, std::move(request));
}

}  // namespace

Result<std::vector<identity::PurposeId>> purposes_of_a_developer(const policy::PurposeRegister& purposes) {
  std::vector<identity::PurposeId> out;
  for (const auto& id : purposes.ids())
    if (id != identity::kServersOwnPurpose && id != kDevelopment)
      out.push_back(TRY(identity::PurposeId::parse(id)));
  return out;
}

Task<Result<void>> ensure_first_accounts(Foundations& foundations, bool dev, std::string configured) {
  CO_TRY(co_await ensure_system_account(foundations));
  if (!dev) co_return Result<void>{};
  auto wanted = CO_TRY(identity::parse_configured_accounts(configured));
  if (std::ranges::none_of(wanted, [](const auto& a) { return a.name.text() == identity::kEmulatorAccount; }))
    wanted.push_back({CO_TRY(identity::AccountName::parse(identity::kEmulatorAccount)),
                      {CO_TRY(from_base64(identity::kEmulatorKey))}});
  for (auto& account : wanted) CO_TRY(co_await ensure(foundations, std::move(account)));
  co_return Result<void>{};
}

Result<void> check_fit_for_production(const identity::AccountDirectory& accounts) {
  for (const auto& ring : accounts.all()) {
    if (ring->account().name.text() == identity::kSystemAccount) continue;
    TRY(identity::check_fit_for_production(ring->account()));
  }
  return {};
}

}  // namespace vitrine::app
