// The agents that the stand-in knows. They are fixtures: no real person, no real establishment.

/**
 * The choice page shows `label` and `note`; `claims` is what ProConnect would return.
 * `logoutReturns: false` means that the organisation's logout page never sends the browser back.
 */
export const identities = [
  {
    id: 'camille',
    label: 'Camille Exemple',
    note: 'agent de l’État',
    acr: 'eidas1',
    amr: ['pwd'],
    claims: {
      sub: '8f1d2f3e-51a4-4c1b-9d7e-0c0ffee00001',
      uid: 'camille.exemple',
      given_name: 'Camille',
      usual_name: 'Exemple',
      email: 'camille.exemple@test.proconnect.gouv.fr',
      siret: '00000001800010',
      organization_label: 'Direction des exemples',
      roles: ['agent_public', 'agent_public_etat'],
    },
  },
  {
    id: 'zoe',
    label: 'Zoë-Łucja Ńandú d’Exemple',
    note: 'accents, apostrophes et balises',
    acr: 'eidas1',
    amr: ['pwd'],
    claims: {
      sub: '8f1d2f3e-51a4-4c1b-9d7e-0c0ffee00002',
      uid: 'zoe-lucja',
      given_name: 'Zoë-Łucja',
      usual_name: 'Ńandú d’Exemple',
      email: 'Zoe-Lucja.Exemple@test.proconnect.gouv.fr',
      siret: '00000002600013',
      organization_label: 'Mairie de L’Exemple-lès-Œuvres & « fils » <b>',
      roles: ['agent_public', 'agent_public_territorial'],
    },
  },
  {
    id: 'anonyme',
    label: 'Sans nom ni adresse',
    note: 'un fournisseur d’identité qui ne transmet rien d’autre que l’identifiant',
    acr: 'eidas1',
    amr: ['pwd'],
    claims: {
      sub: '8f1d2f3e-51a4-4c1b-9d7e-0c0ffee00003',
      uid: 'anonyme',
      roles: [],
    },
  },
  {
    id: 'dominique',
    label: 'Dominique Exemple',
    note: 'double authentification (eidas1-mfa)',
    acr: 'eidas1-mfa',
    amr: ['pwd', 'otp', 'mfa'],
    claims: {
      sub: '8f1d2f3e-51a4-4c1b-9d7e-0c0ffee00004',
      uid: 'dominique.exemple',
      given_name: 'Dominique',
      usual_name: 'Exemple',
      email: 'dominique.exemple@test.proconnect.gouv.fr',
      siret: '00000001800010',
      organization_label: 'Direction des exemples',
      roles: ['agent_public', 'agent_public_etat'],
    },
  },
  {
    id: 'alix',
    label: 'Alix Exemple',
    note: 'son organisation ne rend pas la main à la déconnexion',
    acr: 'eidas1',
    amr: ['pwd'],
    logoutReturns: false,
    claims: {
      sub: '8f1d2f3e-51a4-4c1b-9d7e-0c0ffee00005',
      uid: 'alix.exemple',
      given_name: 'Alix',
      usual_name: 'Exemple',
      email: 'alix.exemple@test.proconnect.gouv.fr',
      siret: '00000003400017',
      organization_label: 'Agence des impasses',
      roles: ['agent_public'],
    },
  },
];

const idp = { idp_id: '8f1d2f3e-51a4-4c1b-9d7e-0c0ffee0f1f1', idp_acr: 'eidas1', custom: {} };

/** `agent-1`, `agent-2` and so on: as many as a test needs. No page offers them. Their subject is their id. */
function oneOfMany(id) {
  const [, number] = /^agent-(\d+)$/.exec(id) ?? [];
  return number && {
    id,
    acr: 'eidas1',
    amr: ['pwd'],
    claims: {
      sub: id,
      uid: id,
      given_name: 'Agent',
      usual_name: `Exemple-${number}`,
      email: `${id}@test.proconnect.gouv.fr`,
      siret: '00000001800010',
      organization_label: 'Direction des exemples',
      roles: ['agent_public'],
    },
  };
}

export const identityById = (id) => identities.find((identity) => identity.id === id) ?? oneOfMany(id);
export const identityBySubject = (sub) => identities.find(({ claims }) => claims.sub === sub) ?? oneOfMany(sub);

/** The account of a subject; oidc-provider calls this when it makes tokens. */
export function findAccount(_ctx, sub) {
  const identity = identityBySubject(sub);
  return identity && { accountId: sub, claims: () => ({ ...identity.claims, ...idp }) };
}
