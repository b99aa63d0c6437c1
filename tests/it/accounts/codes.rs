//! Codes of authenticators and recovery codes, without an account.

use rookery::{
    accounts::totp::{Typed, new_recovery_codes, pause, read, step, url},
    clock::Timestamp,
};

/// RFC 6238, appendix B: its secret and moments, and the last six of its eight digits.
const SECRET: &[u8] = b"12345678901234567890";
const VECTORS: [(i64, &str); 6] = [
    (59, "287082"),
    (1_111_111_109, "081804"),
    (1_111_111_111, "050471"),
    (1_234_567_890, "005924"),
    (2_000_000_000, "279037"),
    (20_000_000_000, "353130"),
];

fn at(seconds: i64) -> Timestamp {
    Timestamp(seconds * 1_000_000)
}

#[test]
fn codes_are_those_of_rfc_6238_and_good_one_step_to_either_side() {
    for (seconds, code) in VECTORS {
        let own = seconds / 30;
        for (step_now, expected) in [
            (own - 2, None),
            (own - 1, Some(own)),
            (own, Some(own)),
            (own + 1, Some(own)),
            (own + 2, None),
        ] {
            if step_now < 0 {
                continue;
            }
            for now in [step_now * 30, step_now * 30 + 29] {
                assert_eq!(
                    step(SECRET, code, at(now)).unwrap(),
                    expected,
                    "{code} {now}"
                );
            }
        }
    }
}

#[test]
fn an_authenticator_is_told_all_that_it_needs() {
    assert_eq!(
        url(SECRET, "a:da@example.org").unwrap(),
        "otpauth://totp/rookery:a_da%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
         &issuer=rookery"
    );
}

#[test]
fn codes_are_read_however_they_are_typed() {
    assert_eq!(read(" 123 456"), Typed::Code("123456".to_owned()));
    let code = read("0123456789ABCD1Z");
    assert!(matches!(code, Typed::Recovery(_)));
    for typed in ["0123-4567-89AB-CD1Z", "o i23 4567 89ab cdlz"] {
        assert_eq!(read(typed), code, "{typed}");
    }
    for typed in [
        "",
        "12345",
        "1234567",
        "０12345",
        "0123-4567-89AB-CD1U",
        &"1".repeat(17),
    ] {
        assert_eq!(read(typed), Typed::Neither, "{typed}");
    }
}

#[test]
fn recovery_codes_differ_and_are_read_as_they_are_shown() {
    let codes = new_recovery_codes().unwrap();
    assert_eq!(codes.len(), 10);
    for (n, code) in codes.iter().enumerate() {
        assert_eq!(read(&code.shown), Typed::Recovery(code.hash.clone()));
        assert!(codes[..n].iter().all(|other| other.hash != code.hash));
    }
}

#[test]
fn pauses_grow_from_the_fifth_wrong_code_on_up_to_an_hour() {
    let pauses = [0, 4, 5, 6, 10, 11, 1_000, i64::MAX].map(|n| pause(n).as_secs());
    assert_eq!(pauses, [0, 0, 60, 120, 1_920, 3_600, 3_600, 3_600]);
}
