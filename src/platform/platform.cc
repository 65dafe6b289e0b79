#include "platform/platform.h"

#include "platform/account_calls.h"
#include "platform/backup_calls.h"
#include "platform/erasure_calls.h"
#include "platform/front_page.h"
#include "platform/health.h"
#include "platform/job_calls.h"
#include "platform/journal_calls.h"
#include "platform/key_calls.h"
#include "platform/log_files.h"
#include "platform/receipt_calls.h"
#include "platform/scrub_calls.h"

namespace vitrine::platform {
namespace {

struct Row {
  std::optional<http::Method> method;
  std::string_view pattern;
  Task<Result<http::Response>> (*answer)(const Parts&, Call&);
};

constexpr auto kGet = http::Method::Get, kPut = http::Method::Put, kPost = http::Method::Post,
               kDelete = http::Method::Delete;

constexpr Row kRows[] = {
    {kGet, "/", show_front_page},
    {kGet, "/healthz", show_health},
    {kGet, "/readyz", show_readiness},
    {kGet, "/metrics", show_metrics},
    {kGet, "/log/checkpoint", show_checkpoint},
    {kGet, "/log/key", show_log_key},
    {kGet, "/log/tile/{path...}", show_tile},
    {kGet, "/api/v1/receipts/{token}", show_receipt},
    {kPost, "/api/v1/receipts", fetch_receipts},
    {kGet, "/api/v1/purposes", list_purposes},
    {kGet, "/api/v1/policy/bundle", show_policy_bundle},
    {kGet, "/api/v1/accounts", list_accounts},
    {kPost, "/api/v1/accounts", create_account},
    {kPost, "/api/v1/accounts/{account}/keys", create_key},
    {kDelete, "/api/v1/accounts/{account}/keys/{key}", remove_key},
    {kPost, "/api/v1/accounts/{account}/data-keys", rotate_data_key},
    {kDelete, "/api/v1/accounts/{account}/data-keys", destroy_data_keys},
    {kPost, "/api/v1/operator-key", rotate_operator_key},
    {kGet, "/api/v1/suspensions", list_suspensions},
    {kPut, "/api/v1/suspensions/{account}/{service}", impose_suspension},
    {kDelete, "/api/v1/suspensions/{account}/{service}", lift_suspension},
    {kGet, "/api/v1/backups", show_backup},
    {kPost, "/api/v1/backups", start_backup},
    {kDelete, "/api/v1/backups", cancel_backup},
    {kGet, "/api/v1/scrub", show_scrub},
    {kPost, "/api/v1/scrub", start_scrub},
    {kGet, "/api/v1/accounts/{account}/journal", export_journal},
    {kGet, "/api/v1/accounts/{account}/journal/tile/{path...}", show_journal_file},
    {kPost, "/api/v1/accounts/{account}/journal/erasures", erase_records},
    {kGet, "/api/v1/accounts/{account}/jobs", list_jobs},
    {kPost, "/api/v1/accounts/{account}/jobs", start_job},
    {kGet, "/api/v1/accounts/{account}/jobs/{id}", show_job},
    {kDelete, "/api/v1/accounts/{account}/jobs/{id}", cancel_job},
    {kGet, "/api/v1/accounts/{account}/jobs/{id}/receipts", fetch_job_receipts},
    {std::nullopt, "/ai/{account}/face/{path...}", refuse_faces},
};

}  // namespace

Router platform_router(const Parts& parts, Observers observers) {
  std::vector<Route> routes;
  for (const auto& row : kRows)
    routes.push_back(
        {row.method, row.pattern, [&parts, answer = row.answer](Call& call) { return answer(parts, call); }});
  return Router(std::move(routes), std::move(observers));
}

}  // namespace vitrine::platform
