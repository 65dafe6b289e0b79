// The handlers of the operations that are offered: each parses its request, asks the use case and words the
// answer. Named as the rows of the operation table.
#pragma once

#include "azure/blob/call.h"

namespace vitrine::azure::blob::handlers {

using Answer = Task<Result<http::Response>>;

Answer list_containers(Call& call);
Answer get_service_properties(Call& call);
Answer set_service_properties(Call& call);
Answer get_user_delegation_key(Call& call);
Answer get_account_information(Call& call);
Answer send_batch(Call& call);
Answer find_blobs(Call& call);
Answer get_service_statistics(Call& call);
/// At any address. Leaves no record: it asks what may be asked and is no operation.
Answer preflight(Call& call);

Answer create_container(Call& call);
Answer get_container_properties(Call& call);
Answer get_container_metadata(Call& call);
Answer set_container_metadata(Call& call);
Answer get_container_acl(Call& call);
Answer set_container_acl(Call& call);
Answer delete_container(Call& call);
Answer acquire_container_lease(Call& call);
Answer renew_container_lease(Call& call);
Answer change_container_lease(Call& call);
Answer release_container_lease(Call& call);
Answer break_container_lease(Call& call);
Answer restore_container(Call& call);
Answer list_blobs(Call& call);

Answer get_blob(Call& call);
Answer get_blob_properties(Call& call);
Answer get_blob_metadata(Call& call);

Answer put_blob(Call& call);
Answer set_blob_properties(Call& call);
Answer set_blob_metadata(Call& call);
Answer delete_blob(Call& call);
Answer undelete_blob(Call& call);
Answer set_blob_expiry(Call& call);
Answer set_blob_immutability_policy(Call& call);
Answer delete_blob_immutability_policy(Call& call);
Answer set_blob_legal_hold(Call& call);
Answer take_snapshot(Call& call);
Answer get_blob_tags(Call& call);
Answer set_blob_tags(Call& call);
Answer set_blob_tier(Call& call);
Answer acquire_blob_lease(Call& call);
Answer renew_blob_lease(Call& call);
Answer change_blob_lease(Call& call);
Answer release_blob_lease(Call& call);
Answer break_blob_lease(Call& call);

Answer copy_blob(Call& call);
Answer copy_blob_from_url(Call& call);
Answer put_blob_from_url(Call& call);
Answer abort_copy(Call& call);

Answer create_append_blob(Call& call);
Answer append_block(Call& call);
Answer append_block_from_url(Call& call);
Answer seal_append_blob(Call& call);

Answer create_page_blob(Call& call);
Answer put_pages(Call& call);
Answer put_pages_from_url(Call& call);
Answer clear_pages(Call& call);
Answer get_page_ranges(Call& call);
Answer get_page_differences(Call& call);

Answer put_block(Call& call);
Answer put_block_from_url(Call& call);
Answer put_block_list(Call& call);
Answer get_block_list(Call& call);

}  // namespace vitrine::azure::blob::handlers
