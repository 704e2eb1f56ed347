//! The form that makes a key.

use leptos::prelude::*;

use super::field_error::FieldError;
use crate::moment::Moment;
use crate::text::Lang;

/// What stands in the form, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyForm {
    /// What to call the key, as typed.
    pub name: String,
    /// How long it lives.
    pub lifetime: Lifetime,
    /// The last day, as typed.
    pub date: String,
    /// The mark of this form: sent again, it makes no second key.
    pub request: String,
    /// What is wrong.
    pub fault: Option<Fault>,
}

/// How long a key lives, as the form offers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// So many days.
    Days(i64),
    /// Until the end of a day.
    Date,
    /// For ever.
    Endless,
}

/// How long a key may live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Longest {
    /// In seconds.
    pub lifetime: i64,
    /// Whether it may be without end.
    pub or_endless: bool,
}

/// In seconds.
pub const DAY: i64 = 86_400;

impl Default for Lifetime {
    fn default() -> Self {
        Self::Days(90)
    }
}

/// What is wrong with what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The name.
    Name,
    /// The date is none.
    NoDate,
    /// The date has passed.
    Passed,
    /// The api wants an end.
    EndRequired,
    /// It ends after this, the latest that the api allows.
    TooLate(Option<Moment>),
}

impl Lifetime {
    /// What the form offers.
    pub const OFFERED: [Self; 6] =
        [Self::Days(30), Self::Days(90), Self::Days(180), Self::Days(365), Self::Date, Self::Endless];

    /// The value of the form's field.
    #[must_use]
    pub fn value(self) -> &'static str {
        match self {
            Self::Days(30) => "30",
            Self::Days(180) => "180",
            Self::Days(365) => "365",
            Self::Days(_) => "90",
            Self::Date => "date",
            Self::Endless => "none",
        }
    }

    /// What a value of the form's field means.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        Self::OFFERED.into_iter().find(|lifetime| lifetime.value() == value)
    }

    fn is_allowed(self, longest: Longest) -> bool {
        match self {
            Self::Days(days) => days * DAY <= longest.lifetime,
            Self::Date => true,
            Self::Endless => longest.or_endless,
        }
    }

    fn words(self, lang: Lang) -> &'static str {
        match self {
            Self::Days(30) => lang.lifetime_30(),
            Self::Days(180) => lang.lifetime_180(),
            Self::Days(365) => lang.lifetime_365(),
            Self::Days(_) => lang.lifetime_90(),
            Self::Date => lang.lifetime_date(),
            Self::Endless => lang.lifetime_none(),
        }
    }
}

/// The form.
#[component]
pub fn NewKeyForm(
    /// What stands in it.
    form: KeyForm,
    /// What it may offer.
    longest: Longest,
) -> impl IntoView {
    let lang = Lang::current();
    let KeyForm { name, lifetime, date, request, fault } = form;
    let name_is_wrong = fault == Some(Fault::Name);
    let date_is_wrong = matches!(fault, Some(Fault::NoDate | Fault::Passed))
        || lifetime == Lifetime::Date && matches!(fault, Some(Fault::TooLate(_)));
    let lifetime_is_wrong = fault.is_some() && !name_is_wrong && !date_is_wrong;
    // Somebody who came with a name, or to whom something is told, goes on where that is.
    let is_begun = !name.is_empty() && fault.is_none();
    let offered = Lifetime::OFFERED.into_iter().filter(|offered| offered.is_allowed(longest));
    // Whoever wants more than there is gets the most.
    let most = || offered.clone().rfind(|offered| matches!(offered, Lifetime::Days(_)));
    let chosen = if lifetime.is_allowed(longest) { Some(lifetime) } else { most() };
    let options = offered.clone().map(|offered| {
        let selected = Some(offered) == chosen;
        view! { <option value=offered.value() selected=selected>{offered.words(lang)}</option> }
    });
    let options = options.collect::<Vec<_>>();
    let lifetime_fault = fault.clone().filter(|_| lifetime_is_wrong);
    let date_fault = fault.filter(|_| date_is_wrong);
    view! {
        <form class="form" method="post" action="/keys">
            <input type="hidden" name="request" value=request />
            <div class="field">
                <label for="name">{lang.key_name()}</label>
                <input
                    id="name"
                    name="name"
                    dir="auto"
                    autocomplete="off"
                    required
                    value=name
                    autofocus=name_is_wrong || is_begun
                    aria-invalid=name_is_wrong.then_some("true")
                    aria-describedby=if name_is_wrong { "name-error name-hint" } else { "name-hint" }
                />
                {name_is_wrong.then(|| view! { <FieldError id="name-error">{lang.name_refused()}</FieldError> })}
                <p class="hint" id="name-hint">{lang.key_name_hint()}</p>
            </div>
            <div class="field">
                <label for="lifetime">{lang.key_lifetime()}</label>
                <select
                    id="lifetime"
                    name="lifetime"
                    autofocus=lifetime_is_wrong
                    aria-invalid=lifetime_is_wrong.then_some("true")
                    aria-describedby=lifetime_is_wrong.then_some("lifetime-error")
                >
                    {options}
                </select>
                {lifetime_fault.map(|fault| view! {
                    <FieldError id="lifetime-error">{words(fault, lang)}</FieldError>
                })}
            </div>
            <div class="field last-day">
                <label for="date">{lang.last_day()}</label>
                <input
                    id="date"
                    name="date"
                    type="date"
                    value=date
                    autofocus=date_is_wrong
                    aria-invalid=date_is_wrong.then_some("true")
                    aria-describedby=if date_is_wrong { "date-error date-hint" } else { "date-hint" }
                />
                {date_fault.map(|fault| view! {
                    <FieldError id="date-error">{words(fault, lang)}</FieldError>
                })}
                <p class="hint" id="date-hint">{lang.last_day_hint()}</p>
            </div>
            <div class="send">
                <button class="button primary" type="submit">{lang.create_key()}</button>
                <p class="hint">{lang.key_shown_once()}</p>
            </div>
        </form>
    }
}

/// The form once more, filled in and unseen but for its button: what was not answered can be sent again, and makes one key.
#[component]
pub fn SendAgain(
    /// What stood in it.
    form: KeyForm,
) -> impl IntoView {
    view! {
        <form method="post" action="/keys">
            <input type="hidden" name="request" value=form.request />
            <input type="hidden" name="name" value=form.name />
            <input type="hidden" name="lifetime" value=form.lifetime.value() />
            <input type="hidden" name="date" value=form.date />
            <button class="button primary" type="submit">{Lang::current().retry()}</button>
        </form>
    }
}

fn words(fault: Fault, lang: Lang) -> AnyView {
    match fault {
        Fault::Name => lang.name_refused().into_any(),
        Fault::NoDate => lang.date_unread().into_any(),
        Fault::Passed => lang.date_passed().into_any(),
        Fault::EndRequired => lang.end_required().into_any(),
        Fault::TooLate(latest) => view! {
            {lang.ends_too_late()}
            " "
            {latest.map(|latest| view! { <time datetime=latest.datetime>{latest.words}</time> })}
            "."
        }
        .into_any(),
    }
}
