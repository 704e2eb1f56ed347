//! The way out.

use std::time::Duration;

use leptos::prelude::*;

use crate::text::Lang;

/// After this long the browser has gone nowhere, and the button may be tried again.
const PATIENCE: Duration = Duration::from_secs(15);

/// The form that logs out. Without script it is a plain form; with it, the button shows that it was heard.
///
/// It has no props: reading them would weigh 20 KB in the browser, and anybody can read them in the page.
#[island]
pub fn LogoutButton() -> impl IntoView {
    let lang = Lang::current();
    let leaving = RwSignal::new(false);
    let hydrated = RwSignal::new(false);
    Effect::new(move || hydrated.set(true));
    let leave = move |_| {
        leaving.set(true);
        set_timeout(move || leaving.set(false), PATIENCE);
    };

    view! {
        <form
            class="logout"
            method="post"
            action="/logout"
            on:submit=leave
            data-hydrated=move || hydrated.get().then_some("true")
        >
            <button class="button" type="submit" disabled=move || leaving.get()>
                {lang.log_out()}
            </button>
            <p class="logout-status" role="status">
                <span class="spinner" aria-hidden="true" hidden=move || !leaving.get()></span>
                <span>{move || if leaving.get() { lang.logging_out() } else { "" }}</span>
            </p>
        </form>
    }
}
