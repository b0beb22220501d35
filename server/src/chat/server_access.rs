//! The settings of the server and the roles of its people in memory, so that access is decided without waiting.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use parlor::AuthorId;

use crate::access::{ServerPolicy, ServerRole};

/// The present settings of the server, shared by all who show or check them.
#[derive(Clone, Debug, Default)]
pub struct SharedServerPolicy(Arc<Mutex<Arc<ServerPolicy>>>);

impl SharedServerPolicy {
    /// The present settings.
    pub fn get(&self) -> Arc<ServerPolicy> {
        self.0.lock().clone()
    }

    fn set(&self, policy: ServerPolicy) {
        *self.0.lock() = Arc::new(policy);
    }
}

/// The settings and all roles.
#[derive(Debug)]
pub(super) struct ServerAccess {
    pub(super) policy: SharedServerPolicy,
    roles: Mutex<HashMap<AuthorId, ServerRole>>,
}

impl ServerAccess {
    pub(super) fn new(policy: ServerPolicy, roles: Vec<(AuthorId, ServerRole)>) -> Self {
        let access = Self { policy: SharedServerPolicy::default(), roles: Mutex::default() };
        access.replace(policy, roles);
        access
    }

    /// Replaces everything.
    pub(super) fn replace(&self, policy: ServerPolicy, roles: Vec<(AuthorId, ServerRole)>) {
        // The roles first: nobody may find the server closed and themselves not yet a member.
        *self.roles.lock() = roles.into_iter().collect();
        self.policy.set(policy);
    }

    /// The role of an account.
    pub(super) fn role(&self, account: &AuthorId) -> Option<ServerRole> {
        self.roles.lock().get(account).copied()
    }

    /// Sets the role of an account.
    pub(super) fn set_role(&self, account: &AuthorId, role: Option<ServerRole>) {
        let mut roles = self.roles.lock();
        match role {
            Some(role) => drop(roles.insert(account.clone(), role)),
            None => drop(roles.remove(account)),
        }
    }

    /// Whether the server has an owner.
    pub(super) fn has_owner(&self) -> bool {
        self.roles.lock().values().any(|role| *role == ServerRole::Owner)
    }
}
