//! Links with which another device gets a session of an account.

use futures_util::future::join_all;
use parlor::limits;
use parlor_server::engine::{DeviceLink, Directory, SecretLookup};

use super::records::{account, next_millisecond, secret, session};

fn link(code: &str, id: &str, address: &str) -> DeviceLink {
    DeviceLink { code: secret(code), account: account(id), session: secret("the session"), address: address.to_owned() }
}

pub(super) async fn a_device_link_gives_one_session_of_its_account(directory: &dyn Directory) {
    directory.store_account(session("ana", "first")).await.unwrap();
    assert_eq!(directory.add_device_link(link("code", "ana", "::1")).await, Ok(None));
    for _ in 0..2 {
        assert_eq!(directory.device_link(secret("code")).await, Ok(Some(account("ana"))), "a look uses nothing up");
    }
    let redeemed = directory.redeem_device_link(secret("code"), session("visitor", "second")).await;
    assert_eq!(redeemed, Ok(Some(account("ana"))));
    let found = directory.look_up_secret(secret("second"), account("visitor")).await.unwrap();
    let SecretLookup::Session(record) = found else { panic!("{found:?}") };
    assert_eq!((record.account, record.device.as_str()), (account("ana"), "Device of second"));
    assert_eq!(directory.device_link(secret("code")).await, Ok(None));
    assert_eq!(directory.redeem_device_link(secret("code"), session("visitor", "third")).await, Ok(None));
    assert_eq!(directory.look_up_secret(secret("third"), account("visitor")).await, Ok(SecretLookup::Unknown));
    assert_eq!(directory.sessions(&account("ana")).await.unwrap().0.len(), 2);
}

pub(super) async fn a_link_redeemed_by_many_at_once_gives_one_session(directory: &dyn Directory) {
    directory.store_account(session("ana", "first")).await.unwrap();
    directory.add_device_link(link("code", "ana", "::1")).await.unwrap();
    let redeeming = (0..8)
        .map(|number| directory.redeem_device_link(secret("code"), session("visitor", &format!("device {number}"))));
    let redeemed = join_all(redeeming).await;
    assert_eq!(redeemed.iter().filter(|redeemed| **redeemed == Ok(Some(account("ana")))).count(), 1, "{redeemed:?}");
    assert_eq!(redeemed.iter().filter(|redeemed| **redeemed == Ok(None)).count(), 7, "{redeemed:?}");
    assert_eq!(directory.sessions(&account("ana")).await.unwrap().0.len(), 2);
}

pub(super) async fn a_newer_device_link_of_an_account_replaces_the_earlier_one(directory: &dyn Directory) {
    for (code, id) in [("ana's first", "ana"), ("bo's", "bo"), ("ana's second", "ana")] {
        directory.add_device_link(link(code, id, "::1")).await.unwrap();
    }
    assert_eq!(directory.device_link(secret("ana's first")).await, Ok(None));
    assert_eq!(directory.device_link(secret("ana's second")).await, Ok(Some(account("ana"))));
    assert_eq!(directory.device_link(secret("bo's")).await, Ok(Some(account("bo"))));
}

pub(super) async fn too_many_device_links_of_an_address_remove_its_oldest_one(directory: &dyn Directory) {
    directory.add_device_link(link("elsewhere", "elsewhere", "::2")).await.unwrap();
    next_millisecond().await;
    for number in 0..limits::DEVICE_LINKS_PER_ADDRESS {
        let id = number.to_string();
        assert_eq!(directory.add_device_link(link(&id, &id, "::1")).await, Ok(None), "{id}");
        next_millisecond().await;
    }
    // A link that replaces another one of its account is none too many.
    assert_eq!(directory.add_device_link(link("1 again", "1", "::1")).await, Ok(None));
    assert_eq!(directory.device_link(secret("0")).await, Ok(Some(account("0"))));
    let reached = directory.add_device_link(link("more", "more", "::1")).await;
    assert_eq!(reached, Ok(Some("DEVICE_LINKS_PER_ADDRESS")));
    assert_eq!(directory.device_link(secret("0")).await, Ok(None));
    for (code, id) in [("elsewhere", "elsewhere"), ("1 again", "1"), ("2", "2"), ("more", "more")] {
        assert_eq!(directory.device_link(secret(code)).await, Ok(Some(account(id))), "{code}");
    }
    assert_eq!(directory.add_device_link(link("other", "other", "::2")).await, Ok(None));
}

pub(super) async fn too_many_device_links_in_all_remove_the_oldest_of_all(directory: &dyn Directory) {
    directory.add_device_link(link("0", "0", "address 0")).await.unwrap();
    next_millisecond().await;
    let ids: Vec<_> = (1..limits::DEVICE_LINKS).map(|number| number.to_string()).collect();
    let added = join_all(ids.iter().map(|id| directory.add_device_link(link(id, id, &format!("address {id}"))))).await;
    assert!(added.iter().all(|reached| *reached == Ok(None)));
    assert_eq!(directory.add_device_link(link("more", "more", "another")).await, Ok(Some("DEVICE_LINKS")));
    assert_eq!(directory.device_link(secret("0")).await, Ok(None));
    let left = join_all(ids.iter().map(|id| directory.device_link(secret(id)))).await;
    assert!(left.iter().all(|found| matches!(found, Ok(Some(_)))));
    assert_eq!(directory.device_link(secret("more")).await, Ok(Some(account("more"))));
}
