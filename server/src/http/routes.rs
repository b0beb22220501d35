//! All routes of the server: the one list from which the router is made. Tests read it, so that none is forgotten.

/// Defines [`Route`] with its paths and methods.
macro_rules! routes {
    ($($(#[$about:meta])* $route:ident: $methods:literal $path:literal,)*) => {
        /// A route: a path with the methods that it takes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Route {
            $($(#[$about])* $route,)*
        }

        impl Route {
            /// All routes.
            pub const ALL: &[Self] = &[$(Self::$route),*];

            /// The path, with axum's placeholders.
            pub fn path(self) -> &'static str {
                match self {
                    $(Self::$route => $path,)*
                }
            }

            /// The methods that it takes.
            pub fn methods(self) -> impl Iterator<Item = &'static str> {
                match self {
                    $(Self::$route => $methods,)*
                }
                .split(' ')
            }
        }
    };
}

routes! {
    /// The lobby, and its form.
    Lobby: "GET POST" "/",
    /// A room with a public name, and its form.
    Room: "GET POST" "/r/{room}",
    /// A message of such a room.
    Message: "GET" "/r/{room}/{seq}",
    /// The settings of such a room.
    RoomSettings: "GET POST" "/r/{room}/settings",
    /// How to share such a room.
    ShareRoom: "GET" "/r/{room}/share",
    /// A private room, and its form.
    PrivateRoom: "GET POST" "/p/{room}",
    /// A message of a private room.
    PrivateMessage: "GET" "/p/{room}/{seq}",
    /// The settings of a private room.
    PrivateRoomSettings: "GET POST" "/p/{room}/settings",
    /// How to share a private room.
    SharePrivateRoom: "GET" "/p/{room}/share",
    /// The list of rooms.
    RoomList: "GET" "/rooms",
    /// Creates a room.
    NewRoom: "GET POST" "/rooms/new",
    /// An invitation to the server or a private room.
    Invitation: "GET POST" "/invite/{code}",
    /// The settings of the page.
    Settings: "GET POST" "/settings",
    /// The sessions of the visitor's account.
    Sessions: "GET POST" "/sessions",
    /// The recovery code of the visitor's account.
    Recovery: "GET POST" "/recovery",
    /// Begins a session by a recovery code.
    SignIn: "GET POST" "/sign-in",
    /// The settings of the server, for its owners.
    Server: "GET POST" "/server",
    /// The people of the server, for its owners.
    ServerPeople: "GET POST" "/server/people",
    /// The bot tokens of the server, for its owners.
    ServerBots: "GET POST" "/server/bots",
    /// The audit log of the server, for its owners.
    AuditLog: "GET" "/server/log",
    /// Ends the visitor's session.
    SignOut: "POST" "/sign-out",
    /// Makes a device link.
    NewDeviceLink: "POST" "/device",
    /// A device link.
    DeviceLink: "GET POST" "/device/{code}",
    /// The page without a room, for use without a network.
    Offline: "GET" "/offline",
    /// The service worker.
    ServiceWorker: "GET" "/service-worker.js",
    /// The files of the page.
    Assets: "GET" "/pkg/{*path}",
    /// The web app manifest.
    Manifest: "GET" "/app.webmanifest",
    /// The stylesheet of the pages without script.
    DocumentStyle: "GET" "/app/document.css",
    /// The script of the buttons that share something.
    ShareScript: "GET" "/app/share.js",
    /// The script that deletes what the browser stores.
    EraseScript: "GET" "/app/erase.js",
    /// The icons of the app.
    Icon: "GET" "/app/{name}",
    /// Whether the server runs.
    Health: "GET" "/healthz",
    /// Whether the server can read and write what it stores.
    Ready: "GET" "/readyz",
    /// What search engines may read.
    Robots: "GET" "/robots.txt",
    /// The WebSocket of both dialects.
    WebSocket: "GET" "/ws/chat",
}

impl Route {
    /// Whether it answers those who may not come in to the server: the ways in, and what is the same for everybody. The
    /// WebSocket checks each client itself.
    pub fn is_for_strangers(self) -> bool {
        matches!(
            self,
            Self::Invitation
                | Self::DeviceLink
                | Self::SignIn
                | Self::SignOut
                | Self::Settings
                | Self::Offline
                | Self::ServiceWorker
                | Self::Assets
                | Self::Manifest
                | Self::DocumentStyle
                | Self::ShareScript
                | Self::EraseScript
                | Self::Icon
                | Self::Health
                | Self::Ready
                | Self::Robots
                | Self::WebSocket
        )
    }
}
