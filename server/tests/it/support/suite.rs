//! Makes the tests of a conformance suite.

/// Makes a test of each case of a suite for one implementation. `$suite` is the module of the suite, `$name` becomes the
/// module of the tests, and `$fixture` is the implementation's [`Fixture`](super::fixture::Fixture). A case gets the
/// directory, or with `fixture` the whole fixture.
macro_rules! conformance_tests {
    (
        $suite:ident, $name:ident, $fixture:ty,
        $($module:ident { $($argument:ident: $($case:ident),*;)* })*
    ) => {
        mod $name {
            $(mod $module {
                $($(
                    #[tokio::test]
                    async fn $case() {
                        use $crate::support::fixture::Fixture as _;
                        let mut fixture = <$fixture>::create().await;
                        $crate::support::suite::conformance_tests!(@run $argument, fixture, $suite::$module::$case);
                    }
                )*)*
            })*
        }
    };
    (@run directory, $fixture:ident, $suite:ident::$module:ident::$case:ident) => {{
        let fixture = &mut $fixture;
        $crate::$suite::$module::$case(fixture.directory()).await;
    }};
    (@run fixture, $fixture:ident, $suite:ident::$module:ident::$case:ident) => {
        $crate::$suite::$module::$case(&mut $fixture).await;
    };
}

pub(crate) use conformance_tests;
