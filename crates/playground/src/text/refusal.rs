//! Sentences about what a refused person has.

use super::Lang;

macro_rules! about_value {
    ($($name:ident: $fr:literal / $en:literal;)*) => {
        #[cfg(test)]
        pub(crate) const FRENCH: &[&str] = &[$($fr,)*];

        impl Lang {
            $(
                #[doc = concat!("« ", $fr, " »")]
                #[must_use]
                pub fn $name(self, value: &str) -> String {
                    match self {
                        Self::Fr => format!($fr, value),
                        Self::En => format!($en, value),
                    }
                }
            )*
        }
    };
}

about_value! {
    your_domain: "Votre adresse se termine par @{}." / "Your address ends in @{}.";
    your_address: "Votre adresse est {}." / "Your address is {}.";
    your_siret: "Le SIRET de votre organisation est {}." / "Your organisation’s SIRET is {}.";
    your_identity_provider: "Votre fournisseur d’identité est {}." / "Your identity provider is {}.";
    your_category: "La catégorie de votre organisation est {}." / "The kind of your organisation is {}.";
    proconnect_said: "ProConnect nous a transmis\u{a0}: {}." / "ProConnect told us: {}.";
}
