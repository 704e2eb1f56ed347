//! Copies what is in a field.

use std::time::Duration;

use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlTextAreaElement};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::text::Lang;

/// How long the button says that it was heard.
const SAID_FOR: Duration = Duration::from_secs(6);

// Works on plain http, too, where browsers have no `navigator.clipboard`.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = document, js_name = execCommand)]
    fn exec_command(command: &str) -> bool;
}

/// The button beside a field, in an element of the class `copyable`. It is there only where its script runs.
///
/// It has no props, as [`super::logout_button::LogoutButton`]: what it copies is in the field, and not in the island.
#[island]
pub fn CopyButton() -> impl IntoView {
    let lang = Lang::current();
    let hydrated = RwSignal::new(false);
    let heard = RwSignal::new(false);
    let copied = RwSignal::new(false);
    Effect::new(move || hydrated.set(true));
    let copy = move |event: MouseEvent| {
        copied.set(copies(&event_target(&event)));
        heard.set(true);
        set_timeout(move || heard.set(false), SAID_FOR);
    };
    let words = move || match (heard.get(), copied.get()) {
        (false, _) => "",
        (true, true) => lang.copied(),
        (true, false) => lang.copy_yourself(),
    };

    view! {
        <p class="copy" data-hydrated=move || hydrated.get().then_some("true")>
            <button class="button" type="button" hidden=move || !hydrated.get() on:click=copy>
                {lang.copy()}
            </button>
            <span role="status">{words}</span>
        </p>
    }
}

/// Selects the field beside the button and copies it.
fn copies(button: &Element) -> bool {
    let area = button.closest(".copyable").ok().flatten();
    let field = area.and_then(|area| area.query_selector("textarea").ok().flatten());
    let field = field.map(JsCast::unchecked_into::<HtmlTextAreaElement>);
    field.is_some_and(|field| {
        field.select();
        exec_command("copy")
    })
}
