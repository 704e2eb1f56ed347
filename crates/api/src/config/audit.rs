use std::time::Duration;

use service::settings::{Noted, Section};

use super::lifetime::lifetime;

/// The group `api.audit`: how long the record is kept. Lengths of time are in seconds.
#[derive(Clone, Debug)]
pub struct Audit {
    /// How long events are kept. Default: 365 days. The CNIL (délibération 2021-122) recommends six months to one year.
    pub keep: i64,
    /// How long the addresses in them are. Default: 180 days.
    pub keep_addresses: i64,
}

const DAY: u64 = 24 * 3_600;
const YEAR: Duration = Duration::from_secs(365 * DAY);
const HALF_A_YEAR: Duration = Duration::from_secs(180 * DAY);

impl Audit {
    pub(super) fn read(mut section: Section<'_>) -> Result<Self, Noted> {
        let keep = lifetime(&mut section, "keep", YEAR, "give how long events are kept, such as 365d");
        let justification = section.optional::<String>("justification");
        let is_justified = justification
            .as_ref()
            .is_ok_and(|text| text.as_ref().is_some_and(|text| !text.trim().is_empty()));
        let keep = section.check(
            "keep",
            keep,
            |keep| *keep <= YEAR || is_justified,
            "is longer than the year that the CNIL recommends (délibération 2021-122)",
            "make it 365d or less, or say why in api.audit.justification",
        );
        let longest = *keep.as_ref().unwrap_or(&Duration::MAX);
        let fix = "give how long addresses are kept, such as 180d";
        let keep_addresses = lifetime(&mut section, "keep_addresses", HALF_A_YEAR.min(longest), fix);
        let keep_addresses = section.check(
            "keep_addresses",
            keep_addresses,
            |addresses| *addresses <= longest,
            "is longer than keep",
            "make it shorter, or keep longer",
        );
        if keep.as_ref().is_ok_and(|keep| *keep < HALF_A_YEAR) {
            section
                .warn("keep", "is less than the six months that the CNIL recommends (délibération 2021-122)");
        }
        section.finish();
        justification?;
        Ok(Self { keep: seconds(keep?), keep_addresses: seconds(keep_addresses?) })
    }
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
