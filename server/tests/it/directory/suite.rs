//! The cases of the suite, by module.

/// Makes a test of each case for one implementation. `$name` becomes the module of its tests, and `$fixture` is its
/// [`Fixture`](crate::support::fixture::Fixture).
macro_rules! directory_suite {
    ($name:ident, $fixture:ty) => {
        $crate::support::suite::conformance_tests! {
            directory, $name, $fixture,
            names {
                directory:
                    look_alike_names_have_one_holder_among_accounts_and_connections,
                    ascii_names_conflict_only_if_they_are_equal_after_case_folding,
                    a_holder_who_takes_another_name_releases_the_earlier_one,
                    a_refused_claim_leaves_the_name_that_was_held,
                    the_last_name_of_an_account_is_known_after_it_was_released,
                    a_name_claimed_by_many_at_once_has_one_holder,
                    many_names_are_released_by_one_request,
                    a_connections_name_is_found_by_its_key_and_is_not_among_those_of_accounts,
                    several_keys_find_the_holders_of_all_of_them,
                    a_forgotten_name_can_be_claimed;
            }
            name_model {
                directory:
                    random_claims_and_releases_agree_with_a_model;
            }
            accounts {
                directory:
                    a_secret_is_unknown_before_its_account_is_stored_and_a_session_afterwards,
                    another_secret_of_a_stored_account_finds_the_account_only,
                    a_session_is_found_by_its_secret_whatever_account_is_asked_for,
                    an_account_is_stored_once,
                    a_session_that_has_ended_is_not_stored_again,
                    an_account_without_an_old_secret_gets_no_session_by_it;
            }
            sessions {
                directory:
                    the_session_that_was_used_last_is_the_first,
                    a_session_ends_once_and_its_secret_is_returned,
                    a_session_of_another_account_is_not_ended,
                    ending_all_sessions_ends_device_links_too_and_leaves_other_accounts,
                    of_too_many_sessions_one_that_was_never_used_again_ends_first,
                    of_too_many_used_sessions_the_one_that_was_unused_the_longest_ends;
            }
            nameless_accounts {
                fixture:
                    of_too_many_nameless_accounts_the_one_that_was_unused_the_longest_is_removed;
            }
            device_links {
                directory:
                    a_device_link_gives_one_session_of_its_account,
                    a_link_redeemed_by_many_at_once_gives_one_session,
                    a_newer_device_link_of_an_account_replaces_the_earlier_one,
                    too_many_device_links_of_an_address_remove_its_oldest_one,
                    too_many_device_links_in_all_remove_the_oldest_of_all;
            }
            joined_rooms {
                directory:
                    joined_rooms_are_in_order_of_their_names_with_the_titles_of_private_ones,
                    rooms_are_left_one_by_one_or_all_at_once,
                    of_too_many_joined_rooms_the_one_that_was_joined_first_is_removed,
                    the_people_of_a_room_are_in_order_of_their_last_names,
                    a_name_key_finds_the_latest_person_of_a_room_with_that_last_name,
                    a_private_room_has_people_like_any_other,
                    a_private_room_is_in_the_list_only_of_those_who_have_access;
            }
            read_markers {
                directory:
                    reading_never_moves_a_read_marker_back,
                    marking_as_unread_moves_a_read_marker_before_the_event,
                    each_account_has_a_read_marker_in_each_room,
                    of_markers_set_at_once_the_last_event_counts,
                    a_room_that_nobody_has_created_has_no_read_marker;
            }
            room_names {
                directory:
                    a_room_cannot_have_the_name_of_another_or_one_that_is_the_same_or_looks_the_same,
                    ascii_names_that_look_the_same_are_different,
                    a_similar_room_is_another_one_with_the_same_name_or_the_same_look,
                    an_unlisted_room_is_similar_only_to_the_same_name,
                    the_id_of_a_private_room_is_taken_by_no_other_and_similar_to_none,
                    a_retired_name_is_taken_for_ever,
                    a_room_cannot_be_renamed_to_a_similar_name_of_another,
                    of_similar_rooms_created_at_once_one_is_created;
            }
            room_settings {
                directory:
                    a_created_room_belongs_to_its_creator,
                    an_open_room_is_listed_or_not,
                    title_archive_and_announcements_change_one_setting_each,
                    a_public_room_gets_no_title,
                    members_get_change_and_lose_their_role,
                    a_room_keeps_its_last_owner,
                    two_owners_who_leave_at_once_leave_one_owner,
                    a_room_that_does_not_exist_cannot_be_changed;
            }
            room_members {
                directory:
                    members_are_listed_with_their_last_names_owners_first,
                    the_private_rooms_of_an_account_are_those_that_are_open_to_it,
                    a_member_whose_access_ends_leaves_the_room,
                    a_full_room_gets_another_member_when_one_has_left,
                    a_room_does_not_become_private_with_too_many_members;
            }
            ownership {
                fixture:
                    the_first_message_of_a_room_makes_its_author_the_owner,
                    the_first_message_of_a_plain_client_leaves_a_room_without_owner,
                    the_lobby_has_no_owner,
                    an_operation_without_effect_creates_no_room,
                    a_created_room_has_an_empty_log_with_its_epoch,
                    no_room_begins_under_the_id_of_a_private_room,
                    no_room_begins_under_a_similar_or_retired_name,
                    only_open_rooms_that_are_not_archived_are_listed;
            }
            room_renaming {
                directory:
                    a_room_that_becomes_private_is_open_to_its_owners_and_the_chosen_members,
                    only_those_with_access_keep_a_room_that_becomes_private_in_their_list,
                    everybody_follows_a_room_that_stays_or_becomes_public,
                    a_room_that_becomes_public_has_no_members_but_its_owners,
                    a_member_from_before_a_room_was_public_gets_no_access_when_it_is_private_again,
                    an_invitation_leads_to_the_new_name_of_its_room,
                    an_invitation_to_a_room_that_became_public_makes_nobody_a_member;
                fixture:
                    a_renamed_room_keeps_its_log_receipts_and_read_markers,
                    nothing_is_left_under_the_earlier_name_of_a_room;
            }
            room_deletion {
                directory:
                    a_deleted_room_has_no_people_and_no_invitations,
                    the_earlier_names_of_a_deleted_room_lead_nowhere;
                fixture:
                    a_deleted_room_has_no_messages,
                    nothing_can_be_written_to_a_deleted_room,
                    a_room_created_after_a_deletion_has_nothing_of_the_deleted_one;
            }
            invitations {
                directory:
                    an_invitation_makes_an_account_a_member_of_its_room,
                    an_unknown_code_invites_nobody,
                    there_are_no_invitations_to_public_rooms,
                    accepting_twice_counts_once_and_keeps_the_role,
                    an_invitation_for_some_people_ends_with_the_last_of_them,
                    an_expired_invitation_cannot_be_used,
                    a_revoked_invitation_cannot_be_used,
                    an_invitation_ends_when_its_maker_owns_the_room_no_more,
                    a_room_with_too_many_invitations_gets_another_when_one_has_ended;
            }
            server_settings {
                directory:
                    a_new_server_is_open_to_everybody,
                    everybody_who_has_had_a_name_is_kept_as_a_member_if_the_owner_wants_it,
                    somebody_whose_role_was_taken_is_not_kept,
                    a_role_is_given_changed_and_taken,
                    the_server_keeps_its_last_owner,
                    people_are_listed_by_role_and_found_by_a_part_of_their_name,
                    an_owner_ends_all_sessions_of_somebody,
                    what_changes_access_is_an_ended_right,
                    the_storage_has_a_size;
                fixture:
                    settings_are_kept_over_a_restart;
            }
            server_invitations {
                directory:
                    an_invitation_to_the_server_makes_an_account_a_member,
                    an_invitation_ends_when_its_maker_is_no_owner_any_more,
                    an_owner_can_always_be_made_however_many_invitations_there_are,
                    the_invitation_of_a_rooms_owner_lets_only_members_into_a_closed_server;
                fixture:
                    the_link_of_the_command_line_makes_one_owner_and_ends_the_others;
            }
            recovery_codes {
                directory:
                    a_newer_recovery_code_replaces_the_earlier_one;
                fixture:
                    a_recovery_code_gives_sessions_of_its_account_after_all_others_have_ended;
            }
            bot_tokens {
                directory:
                    a_bot_token_is_found_by_its_secret_with_its_rooms,
                    a_token_is_revoked_for_one_room_or_for_all,
                    a_token_is_not_for_a_room_that_has_another_name_or_was_deleted,
                    a_token_ends_where_its_maker_may_not_make_it_any_more,
                    there_is_a_limit_for_bot_tokens;
            }
            audit_log {
                directory:
                    the_audit_log_is_read_in_pages_from_its_end;
                fixture:
                    the_audit_log_says_who_did_what;
            }
            expiry {
                fixture:
                    a_device_link_is_valid_for_some_minutes,
                    expired_device_links_do_not_count,
                    an_invitation_is_valid_until_it_expires_and_its_members_stay;
            }
            ended_rights {
                directory:
                    each_right_that_ends_is_recorded_once,
                    what_ends_nothing_is_not_recorded,
                    the_removal_of_somebody_who_is_no_member_is_not_recorded,
                    rights_that_end_at_once_have_different_counters;
            }
            reopening {
                fixture:
                    the_names_of_accounts_are_still_held_and_those_of_connections_are_not,
                    a_forgotten_name_of_an_account_is_held_again,
                    a_forgotten_name_that_another_account_has_claimed_has_one_holder,
                    the_secret_key_stays_the_same,
                    sessions_and_device_links_are_still_valid,
                    joined_rooms_and_read_markers_are_kept,
                    rooms_keep_their_settings_and_retired_names_their_successors,
                    ended_rights_are_numbered_on;
            }
        }
    };
}

pub(super) use directory_suite;
