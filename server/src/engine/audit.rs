//! Entries of the audit log: who changed what on the server, and when.

use parlor::UnixMillis;

/// An action of which the audit log has entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AuditAction {
    /// A link to become an owner was made on the command line or at a start.
    OwnerLinkMade,
    /// A setting of the server was changed. The subject is the setting, the detail its new value.
    SettingChanged,
    /// Somebody got another role. The subject is their name, the detail the role, or `guest`.
    RoleChanged,
    /// All sessions of somebody were ended. The subject is their name.
    SessionsEnded,
    /// An invitation was made. The subject is its note, the detail `server` or `room`.
    InvitationMade,
    /// An invitation was revoked. The subject is its note, the detail `server` or `room`.
    InvitationRevoked,
    /// An invitation was accepted. The subject is the name of who made it, the detail the role that it gave, or `room`.
    InvitationAccepted,
    /// A bot token was made. The subject is its name.
    BotTokenMade,
    /// A bot token was revoked. The subject is its name.
    BotTokenRevoked,
}

impl AuditAction {
    /// All actions.
    pub const ALL: [Self; 9] = [
        Self::OwnerLinkMade,
        Self::SettingChanged,
        Self::RoleChanged,
        Self::SessionsEnded,
        Self::InvitationMade,
        Self::InvitationRevoked,
        Self::InvitationAccepted,
        Self::BotTokenMade,
        Self::BotTokenRevoked,
    ];

    /// The action as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OwnerLinkMade => "owner_link_made",
            Self::SettingChanged => "setting_changed",
            Self::RoleChanged => "role_changed",
            Self::SessionsEnded => "sessions_ended",
            Self::InvitationMade => "invitation_made",
            Self::InvitationRevoked => "invitation_revoked",
            Self::InvitationAccepted => "invitation_accepted",
            Self::BotTokenMade => "bot_token_made",
            Self::BotTokenRevoked => "bot_token_revoked",
        }
    }

    /// Reads what [`as_str`](Self::as_str) returns.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }
}

/// An entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Numbers the entries, in their order.
    pub id: u64,
    /// When it was done.
    pub at: UnixMillis,
    /// The name that the account had which did it, or the last one that it has had since; empty if it never had one.
    /// `None` for the command line.
    pub actor: Option<String>,
    /// What was done.
    pub action: AuditAction,
    /// What it was done to: see [`AuditAction`].
    pub subject: String,
    /// More about it: see [`AuditAction`].
    pub detail: String,
}
