//! The cases of the suite, by module.

/// Makes a test of each case for one implementation. `$name` becomes the module of its tests, and `$fixture` is its
/// [`Fixture`](crate::support::fixture::Fixture).
macro_rules! log_suite {
    ($name:ident, $fixture:ty) => {
        $crate::support::suite::conformance_tests! {
            log, $name, $fixture,
            deliveries {
                fixture:
                    deliveries_are_in_log_order_with_signals_between_them,
                    events_are_delivered_after_the_end_that_was_read,
                    a_reply_quotes_the_message_in_its_current_state,
                    a_backlog_equals_the_live_events;
            }
            concurrency {
                fixture:
                    rooms_are_delivered_without_gaps_in_the_order_of_their_logs,
                    an_operation_that_is_sent_several_times_at_once_has_one_event,
                    no_event_is_missing_after_the_end_of_a_log_that_is_read_while_others_append;
            }
            receipts {
                fixture:
                    a_retried_message_has_one_event_and_one_receipt_also_after_a_restart,
                    a_retry_gets_the_first_receipt,
                    a_refused_operation_leaves_nothing,
                    without_failures_rich_and_plain_messages_are_accepted,
                    a_closed_engine_accepts_nothing;
            }
            unlogged_receipts {
                fixture:
                    a_repeated_request_without_effect_has_no_effect,
                    a_reused_client_id_gets_its_receipt_and_creates_no_log,
                    receipts_outlive_a_restart_and_count_for_one_room,
                    a_session_at_its_receipt_limit_is_refused_and_keeps_its_receipts;
            }
            rules {
                fixture:
                    only_messages_can_be_answered_and_changed,
                    messages_are_owned_by_author_id_and_not_by_name,
                    a_deleted_message_can_only_be_answered,
                    an_operation_without_effect_gets_the_seq_of_the_event_that_had_its_effect,
                    a_topic_survives_a_restart_and_belongs_to_one_room;
            }
            reactions {
                fixture:
                    reactions_of_one_person_at_the_same_time_count_once,
                    a_message_accepts_only_a_limited_number_of_different_emoji,
                    all_reactions_are_counted_and_the_reader_is_always_named;
            }
            pages {
                fixture:
                    pages_cover_the_whole_log_in_both_directions,
                    pages_have_no_message_after_the_contexts_seq,
                    pages_of_long_messages_have_fewer_of_them_and_a_next_page;
            }
            message_pages {
                fixture:
                    pages_have_messages_in_their_current_state_and_count_no_other_events,
                    a_page_around_the_seq_of_another_event_has_the_messages_around_it,
                    a_page_at_a_time_has_the_messages_around_it,
                    a_page_shows_messages_as_of_the_contexts_seq;
            }
            projection {
                fixture:
                    pages_equal_the_log;
            }
            backlogs {
                fixture:
                    a_backlog_has_exactly_the_events_after_the_cursor,
                    a_cursor_of_another_log_is_reset,
                    reading_a_room_does_not_create_it,
                    a_log_continues_after_a_restart;
            }
            erasure {
                fixture:
                    mentions_are_stored_with_their_text_and_erased_with_it,
                    a_deleted_text_is_erased_everywhere_and_the_chain_stays_valid;
            }
            verification {
                fixture:
                    verification_finds_an_altered_dropped_or_moved_event;
            }
        }
    };
}

pub(super) use log_suite;
