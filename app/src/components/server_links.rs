//! Links to pages of the server.

use leptos::prelude::*;

use super::element::{element, text};
use crate::initial_page::PageLink;

/// Renders links, each with its path and label.
pub(super) fn server_links(links: &[PageLink]) -> Vec<AnyView> {
    let link = |link: &PageLink| element("a", [("href", link.path.clone().into())], text(link.label.clone()));
    links.iter().map(link).collect()
}
