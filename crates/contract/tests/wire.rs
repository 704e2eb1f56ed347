//! The exact format of what is sent, because other programs rely on it.

use contract::{LoginErrorCode, LogoutRequest, ProblemCode};

#[test]
fn a_code_is_the_same_word_in_json_and_in_a_url() {
    for code in LoginErrorCode::ALL {
        assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        assert_eq!(LoginErrorCode::parse(code.as_str()), Some(*code));
    }
    for code in ProblemCode::ALL {
        assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        assert_eq!(ProblemCode::parse(code.as_str()), Some(*code));
    }
    assert_eq!(LoginErrorCode::parse("of_a_later_version"), None);
}

#[test]
fn the_id_token_reaches_the_api_and_no_log() {
    let request = LogoutRequest {
        keys: false,
        proconnect_token: "eyJ.a.b".into(),
        post_logout_redirect_uri: None,
        state: Some("s".to_owned()),
    };
    assert_eq!(serde_json::to_string(&request).unwrap(), r#"{"proconnect_token":"eyJ.a.b","state":"s"}"#);
    assert!(!format!("{request:?}").contains("eyJ"));
}
