use std::time::Duration;

use service::settings::{Noted, Section};

use super::lifetime::lifetime;

/// The group `api.keys`. Lengths of time are in seconds.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Whether keys are made and replaced. Those that exist go on. Default: yes.
    pub enabled: bool,
    /// How long a key may live. Default: 365 days.
    pub max_lifetime: i64,
    /// How long it lives when its owner does not say. Default: 90 days.
    pub default_lifetime: i64,
    /// Whether a key may be without end. Default: no.
    pub without_expiry: bool,
    /// How many active keys a person may have. Default: 20.
    pub max_per_user: u32,
    /// How long an ended key can still be seen. Default: 30 days.
    pub keep_ended: i64,
}

const DAY: u64 = 24 * 3_600;

impl Keys {
    pub(super) fn read(mut section: Section<'_>) -> Result<Self, Noted> {
        let enabled = section.or("enabled", true);
        let fix = "give how long a key may live, such as 365d; `enabled: false` makes no keys";
        let max_lifetime = lifetime(&mut section, "max_lifetime", Duration::from_secs(365 * DAY), fix);
        // Where only the maximum is given and it is shorter, it is the default, too.
        let longest = *max_lifetime.as_ref().unwrap_or(&Duration::MAX);
        let fix = "give how long a key lives whose owner does not say, such as 90d";
        let default = Duration::from_secs(90 * DAY).min(longest);
        let default_lifetime = lifetime(&mut section, "default_lifetime", default, fix);
        let default_lifetime = section.check(
            "default_lifetime",
            default_lifetime,
            |lifetime| *lifetime <= longest,
            "is longer than max_lifetime",
            "make it shorter, or max_lifetime longer",
        );
        let without_expiry = section.or("without_expiry", false);
        let max_per_user = section.or::<u64>("max_per_user", 20);
        let max_per_user = section.check(
            "max_per_user",
            max_per_user,
            |number| (1..=10_000).contains(number),
            "is out of range",
            "give 1 to 10000; `enabled: false` makes no keys",
        );
        let keep_ended = section.or("keep_ended", Duration::from_secs(30 * DAY));
        section.finish();
        Ok(Self {
            enabled: enabled?,
            max_lifetime: seconds(max_lifetime?),
            default_lifetime: seconds(default_lifetime?),
            without_expiry: without_expiry?,
            max_per_user: max_per_user?.try_into().unwrap_or(u32::MAX),
            keep_ended: seconds(keep_ended?),
        })
    }
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
