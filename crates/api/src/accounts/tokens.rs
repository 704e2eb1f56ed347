use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use token_crypto::UnixTime;
use zeroize::Zeroizing;

use super::login::seconds;
use super::store::{Accounts, StoreError};

const PREFIX: &str = "sk-";
/// The length of a token: the prefix and 32 bytes in unpadded base64.
const LENGTH: usize = PREFIX.len() + 43;

/// What a client shows to be let in: `sk-` and 32 random bytes in URL-safe base64.
#[derive(Clone, Debug)]
pub struct ApiToken(SecretString);

impl ApiToken {
    /// A new token.
    ///
    /// # Errors
    /// When the system gives no random bytes.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *bytes)?;
        let mut text = String::with_capacity(LENGTH);
        text.push_str(PREFIX);
        URL_SAFE_NO_PAD.encode_string(*bytes, &mut text);
        Ok(Self(text.into()))
    }

    /// What a client sent, if it has the form of a token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let well_formed = text.len() == LENGTH
            && text.starts_with(PREFIX)
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        well_formed.then(|| Self(text.into()))
    }

    /// The text, to be shown to its owner.
    #[must_use]
    pub fn reveal(&self) -> &SecretString {
        &self.0
    }

    /// What the database knows it by. The token is random, so a plain hash cannot be guessed back.
    pub(super) fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.expose_secret()).to_vec()
    }
}

impl Accounts {
    /// Ends a token at once. Says whether it was still there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn revoke(&self, token_id: i64) -> Result<bool, StoreError> {
        let delete = sqlx::query("DELETE FROM tokens WHERE id = $1").bind(token_id);
        Ok(self.write(delete).await? > 0)
    }

    /// Removes the tokens that have expired, and says how many they were.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn prune_tokens(&self, now: UnixTime) -> Result<u64, StoreError> {
        let mut removed = 0;
        loop {
            // A few at a time, so that no login waits long for the lock. The order makes PostgreSQL use the index, and
            // the number, which is no parameter, makes it look each of them up rather than read the whole table.
            let delete = sqlx::query(
                "DELETE FROM tokens WHERE id IN
                     (SELECT id FROM tokens WHERE expires <= $1 ORDER BY expires LIMIT 500)",
            );
            let batch = self.write(delete.bind(seconds(now))).await?;
            if batch == 0 {
                return Ok(removed);
            }
            removed += batch;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_random_token_is_well_formed_and_never_the_same() {
        let token = ApiToken::random().unwrap();
        let text = token.reveal().expose_secret().to_owned();
        assert!(ApiToken::parse(&text).is_some());
        assert_ne!(text, ApiToken::random().unwrap().reveal().expose_secret());
    }

    #[test]
    fn only_the_form_of_a_token_is_accepted() {
        let good = format!("sk-{}", "a".repeat(43));
        assert!(ApiToken::parse(&good).is_some());
        for bad in
            ["", "sk-", &good[1..], &format!("{good}a"), &good.replace('s', "S"), &good.replace("aaa", "a a")]
        {
            assert!(ApiToken::parse(bad).is_none(), "{bad}");
        }
    }
}
