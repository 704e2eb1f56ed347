//! The request or the operator's command in which something is done. The record stores it with every event.

/// Who acts, and in which request.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The system user of an operator who runs a command.
    pub operator: Option<String>,
    /// The address a request came from.
    pub client: Option<String>,
    /// The id of the request in the logs.
    pub request_id: Option<String>,
}

tokio::task_local! {
    static CONTEXT: Context;
}

impl Context {
    /// Runs `work` in this context.
    pub async fn scope<T>(self, work: impl Future<Output = T>) -> T {
        CONTEXT.scope(self, work).await
    }

    /// The value of `revoked_by` for a token that an operator ended with a command.
    pub(crate) fn ended_by(&self) -> String {
        self.operator.as_ref().map_or_else(|| "operator".to_owned(), |name| format!("operator:{name}"))
    }

    /// The context of the current task.
    #[must_use]
    pub fn current() -> Self {
        CONTEXT.try_with(Self::clone).unwrap_or_default()
    }
}
