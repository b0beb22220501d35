//! Recovery codes: a person who has lost every device is back with theirs.

use parlor::limits;

use crate::support::Server;
use crate::support::visitor::{Visitor, text_after};

/// Makes a recovery code for a person.
async fn make_code(person: &mut Visitor<'_>) -> String {
    let page = person.get("/recovery").await.text();
    let replaces = text_after(&page, "name=\"replaces\" value=\"");
    let page = person.submit("/recovery", &format!("do=make&replaces={replaces}")).await.text();
    text_after(&page, "<code>")
}

#[tokio::test]
async fn a_person_is_back_with_everything_after_their_last_device_is_gone() {
    let server = Server::start().await;
    let mut ana = Visitor::owner(&server, "ana").await;
    ana.close_server("invited").await;
    let room = ana.submit("/rooms/new", "kind=private&name=Family").await.header("location").unwrap().to_owned();
    ana.submit(&room, "text=hello").await;
    let account = ana.connect().await.session;
    let code = make_code(&mut ana).await;
    assert_eq!(code.len(), 32, "{code}");
    assert!(!ana.get("/recovery").await.contains(&code), "it is shown once");
    ana.submit("/sessions", "").await;

    let mut back = Visitor::at(&server, 2);
    assert_eq!(back.get(&room).await.status, 403);
    let typed = code.to_lowercase().replace('-', "+");
    back.submit("/sign-in", &format!("code={typed}")).await;
    assert!(back.get(&room).await.contains("hello"));
    let page = back.get("/rooms").await.text();
    assert!(page.contains("You are") && page.contains("ana") && page.contains("Family"), "{page}");
    assert_eq!(back.get("/server").await.status, 200, "they own the server");
    assert_eq!(back.connect().await.session, account);
    // The list of joined rooms is theirs, too.
    assert!(back.get("/").await.contains("Family"));
}

#[tokio::test]
async fn without_a_recovery_code_the_list_of_rooms_ends_with_the_last_device() {
    let server = Server::start().await;
    let mut ana = Visitor::new(&server);
    ana.join("ana").await;
    assert!(ana.get("/sessions").await.contains("without a recovery code"));
    make_code(&mut ana).await;
    assert!(!ana.get("/sessions").await.contains("without a recovery code"));
    ana.submit("/recovery", "do=remove").await;
    assert!(ana.get("/sessions").await.contains("without a recovery code"));
}

#[tokio::test]
async fn somebody_else_who_has_the_name_now_keeps_it() {
    let server = Server::start().await;
    let mut ana = Visitor::new(&server);
    ana.join("ana").await;
    let code = make_code(&mut ana).await;
    ana.submit("/sign-out", "").await;
    let _other = server.join_plain("ana").await;
    let mut back = Visitor::new(&server);
    back.submit("/sign-in", &format!("code={code}")).await;
    let page = back.get("/rooms").await.text();
    assert!(!page.contains("You are"), "{page}");
    back.join("ana2").await;
    assert!(back.get("/recovery").await.contains("You made one"));
}

#[tokio::test]
async fn five_codes_a_minute_can_be_tried_from_an_address() {
    let server = Server::start().await;
    let mut ana = Visitor::at(&server, 2);
    ana.join("ana").await;
    let code = make_code(&mut ana).await;
    let mut attacker = Visitor::at(&server, 3);
    for _ in 0..limits::RECOVERY_TRIES_PER_MINUTE {
        assert_eq!(attacker.post("/sign-in", "code=0000-0000-0000-0000-0000-0000-00").await.status, 422);
    }
    let refused = attacker.post("/sign-in", &format!("code={code}")).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("12")));
    assert_eq!(Visitor::at(&server, 4).post("/sign-in", &format!("code={code}")).await.status, 303);
}

#[tokio::test]
async fn nobody_makes_a_code_without_a_name() {
    let server = Server::start().await;
    let mut visitor = Visitor::new(&server);
    visitor.get("/").await;
    assert_eq!(visitor.get("/recovery").await.status, 403);
    assert_eq!(visitor.post("/recovery", "do=make").await.status, 403);
    assert_eq!(visitor.post("/sign-in", "code=").await.status, 422);
}

#[tokio::test]
async fn reloading_the_page_with_a_code_does_not_replace_it() {
    let server = Server::start().await;
    let mut ana = Visitor::new(&server);
    ana.join("ana").await;
    let made = ana.submit("/recovery", "do=make&replaces=").await;
    let code = text_after(&made.text(), "<code>");
    let reloaded = ana.submit("/recovery", "do=make&replaces=").await;
    assert_eq!((reloaded.status, reloaded.header("location")), (303, Some("/recovery")));
    let mut back = Visitor::at(&server, 2);
    assert_eq!(back.post("/sign-in", &format!("code={code}")).await.status, 303);
}

#[tokio::test]
async fn a_rejected_code_stays_in_the_form() {
    let server = Server::start().await;
    let mut visitor = Visitor::new(&server);
    let rejected = visitor.post("/sign-in", "code=ABCD%22%3E").await;
    assert_eq!(rejected.status, 422);
    assert!(rejected.contains("value=\"ABCD&quot;"), "{}", rejected.text());
}
