//! What wakes the islands.

use leptos::nonce::use_nonce;
use leptos::prelude::*;

use crate::site::use_site;

/// Fetches the islands' code and wakes each, in the order of the page. A page that the browser kept, as WebKit does on plain
/// http, is fetched again when it is shown again: it may be of somebody who has logged out since.
///
/// Instead of leptos's own `HydrationScripts`, which reads the names of the files from the disk for every page: while a
/// new build is put in place, a page would get its style sheet from one build and its script from another. Nor does it
/// wait, as that one does, until the browser is idle: Chromium may never call a page that rests, and the islands slept on.
#[component]
pub fn Scripts() -> impl IntoView {
    let site = use_site();
    let nonce = use_nonce();
    let (script, wasm) = (site.script.to_string(), site.wasm.to_string());
    let wake = format!(
        "addEventListener('pageshow',e=>e.persisted&&location.replace(location.href));\
         (async()=>{{\
         const m=await import({script:?});\
         await m.default({{module_or_path:{wasm:?}}});\
         m.hydrate();\
         for(const e of document.querySelectorAll('leptos-island'))m[e.dataset.component]?.(e)\
         }})()"
    );
    view! {
        <link rel="modulepreload" href=script crossorigin=nonce.clone() />
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin=nonce.clone() />
        <script type="module" nonce=nonce>{wake}</script>
    }
}
