//! The cases of the suite, by module.

/// Makes a test of each case for one engine. `$name` becomes the module of its tests, and `$fixture` is its
/// [`Fixture`](super::fixture::Fixture).
macro_rules! index_suite {
    ($name:ident, $fixture:ty) => {
        $crate::index::suite::index_suite! {
            @tests $name, $fixture,
            queries {
                words_of_any_length_and_script_are_found,
                messages_are_found_by_the_authors_name_at_the_time,
                days_are_found_also_where_the_clock_went_back,
                equivalent_spellings_are_found_with_and_without_the_index,
                only_the_given_rooms_are_searched_and_the_newest_matches_come_first,
                results_with_long_messages_have_fewer_of_them
            }
            updates {
                messages_are_found_in_their_current_state_with_their_quotes,
                a_deleted_text_is_erased_from_the_index,
                an_edited_text_is_erased_from_the_index,
                a_deleted_room_is_erased_from_the_index,
                what_the_index_has_of_another_log_is_erased_while_it_is_used,
                an_outdated_missing_damaged_or_foreign_index_changes_no_results,
                an_index_of_an_older_format_version_is_made_anew
            }
        }
    };
    (@tests $name:ident, $fixture:ty, $($module:ident { $($case:ident),* })*) => {
        mod $name {
            #[test]
            fn a_search_finds_exactly_what_the_matcher_accepts() {
                $crate::index::matcher::check_random_searches::<$fixture>();
            }

            $(mod $module {
                $(
                    #[tokio::test]
                    async fn $case() {
                        use $crate::index::fixture::Fixture as _;
                        $crate::index::$module::$case(&mut <$fixture>::create().await).await;
                    }
                )*
            })*
        }
    };
}

pub(super) use index_suite;
