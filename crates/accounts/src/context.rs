//! In which request, or by whose command, something is done. The record tells it of every event.

/// Who acts, when it is not the person whom an event is about.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The system user of an operator who runs a command.
    pub operator: Option<String>,
    /// The address a request came from.
    pub client: Option<String>,
    /// What the logs know the request by.
    pub request_id: Option<String>,
}

tokio::task_local! {
    static CONTEXT: Context;
}

impl Context {
    /// Does something in this context.
    pub async fn scope<T>(self, work: impl Future<Output = T>) -> T {
        CONTEXT.scope(self, work).await
    }

    /// Who ended something by a command, as `revoked_by` tells it.
    pub(crate) fn ended_by(&self) -> String {
        self.operator.as_ref().map_or_else(|| "operator".to_owned(), |name| format!("operator:{name}"))
    }

    /// The one that something is done in.
    pub(crate) fn current() -> Self {
        CONTEXT.try_with(Self::clone).unwrap_or_default()
    }
}
