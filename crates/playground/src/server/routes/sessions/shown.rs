//! What pages show of the sessions of the api.

use contract::Session;

use crate::components::session_table::SessionRow;
use crate::server::api_client::ApiError;
use crate::server::routes::visit::Visit;
use crate::server::web::time::Teller;

/// The person's sessions, the one that asks in front.
pub(super) async fn rows(visit: &Visit) -> Result<Vec<SessionRow>, ApiError> {
    let teller = visit.teller();
    let sessions = visit.state.api.sessions(visit.token()).await?.data;
    let mut rows: Vec<SessionRow> = sessions.into_iter().map(|session| row(session, teller)).collect();
    rows.sort_by_key(|row| !row.is_this);
    Ok(rows)
}

fn row(session: Session, teller: Teller) -> SessionRow {
    SessionRow {
        id: session.id,
        browser: session.device.browser,
        system: session.device.system,
        application: session.application,
        opened: teller.exact(session.created),
        seen: session.last_used.and_then(|time| teller.exact(time)),
        address: session.address,
        expires: teller.exact(session.expires),
        is_this: session.current,
    }
}
