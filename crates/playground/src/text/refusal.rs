//! Sentences about what a refused person has.

use super::Lang;

words! {
    your_domain(value): "Votre adresse se termine par @{}." / "Your address ends in @{}.";
    your_address(value): "Votre adresse est {}." / "Your address is {}.";
    your_siret(value): "Le SIRET de votre organisation est {}." / "Your organisation’s SIRET is {}.";
    your_identity_provider(value): "Votre fournisseur d’identité est {}." / "Your identity provider is {}.";
    your_category(value): "La catégorie de votre organisation est {}." / "The kind of your organisation is {}.";
    proconnect_said(value): "ProConnect nous a transmis\u{a0}: {}." / "ProConnect told us: {}.";
}
