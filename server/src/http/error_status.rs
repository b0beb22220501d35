//! The HTTP status of the page that shows a rejected form again.

use axum::http::StatusCode;
use parlor::ErrorCode;

/// The status for the reason of a rejection.
pub(super) fn error_status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::NameTaken | ErrorCode::RoomNameTaken => StatusCode::CONFLICT,
        ErrorCode::NoSuchRoom => StatusCode::NOT_FOUND,
        ErrorCode::NotNamed | ErrorCode::OwnersOnly | ErrorCode::RoomArchived | ErrorCode::MembersOnly => {
            StatusCode::FORBIDDEN
        }
        ErrorCode::TooFast => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Unavailable | ErrorCode::TooManyRooms => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
