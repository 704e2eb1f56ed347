//! A point in time on a page.

use leptos::prelude::*;

use crate::moment::Moment;

/// The date, and below it how far away it is.
#[component]
pub fn When(
    /// The point in time.
    moment: Moment,
) -> impl IntoView {
    let Moment { words, datetime, distance } = moment;
    let distance = (!distance.is_empty()).then(|| view! { <span class="detail">{distance}</span> });
    view! { <time datetime=datetime>{words}</time> {distance} }
}

/// The same, or the words for what never is.
#[component]
pub fn WhenOr(
    /// The point in time, when there is one.
    moment: Option<Moment>,
    /// The words where there is none.
    otherwise: &'static str,
) -> impl IntoView {
    match moment {
        Some(moment) => view! { <When moment /> }.into_any(),
        None => view! { <span class="absent">{otherwise}</span> }.into_any(),
    }
}
