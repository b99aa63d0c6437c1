//! Pictures on the page: sent from it to the store, across origins, and shown by it.

use std::fs;

use image::{RgbImage, codecs::jpeg::JpegEncoder};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{WAIT, browser::Browser, demo};

const SHOWN: &str = "const status = document.querySelector('#upload-status');
const preview = document.querySelector('#upload-preview');
";

fn jpeg() -> Vec<u8> {
    let picture = RgbImage::from_fn(640, 480, |x, y| image::Rgb([x as u8, y as u8, 90]));
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
    picture.write_with_encoder(encoder).unwrap();
    bytes
}

#[test]
fn a_picture_goes_from_the_page_to_the_store_and_comes_back_in_a_post() {
    let Some(mut browser) = Browser::start() else {
        return;
    };
    let server = demo();
    browser.open(&format!("http://{}/", server.address));
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("boats.jpg");
    fs::write(&file, jpeg()).unwrap();

    browser.run(WAIT, "await signIn();");
    browser.choose("#attach", &file);
    let steps = "await until(() => status.textContent === 'boats.jpg is ready.' && preview.naturalWidth > 0);
        const isElsewhere = new URL(preview.src).origin !== location.origin;
        return [preview.naturalWidth, preview.naturalHeight, isElsewhere];";
    let shown = browser.run(WAIT, &format!("{SHOWN} {steps}"));
    assert_eq!(shown, json!([160, 120, true]));

    let steps = "document.querySelector('#upload-post').click();
        const editor = () => document.querySelector('.graphiql-query-editor .view-lines')?.textContent;
        await until(() => editor()?.includes('PostAPicture'));
        document.querySelector('.graphiql-execute-button').click();
        const shown = await until(() => result().includes('\"createPost\"') && result());
        const picture = () => document.querySelector('#pictures img');
        await until(() => picture()?.naturalWidth > 0);
        return [shown, picture().naturalWidth, picture().alt, tabs().at(-1).firstChild.textContent];";
    let posted = browser.run(WAIT, steps);
    let answer = posted[0].as_str().unwrap();
    assert!(!answer.contains("\"message\""), "{answer}");
    let rest = posted.as_array().unwrap()[1..].to_vec();
    let expected = json!([480, "Say here what it shows", "PostAPicture"]);
    assert_eq!(Value::from(rest), expected);
    assert_eq!(browser.complaints(), Vec::<String>::new());

    // What is no picture is refused in words.
    let file = dir.path().join("recipe.jpg");
    fs::write(&file, "Flour, water, salt, patience.").unwrap();
    browser.choose("#attach", &file);
    let steps = "await until(() => status.textContent.startsWith('recipe.jpg was not'));
        return [status.textContent, preview.hidden];";
    let refused = browser.run(WAIT, &format!("{SHOWN} {steps}"));
    let say = "recipe.jpg was not attached. It is of another type than its name says.";
    assert_eq!(refused, json!([say, true]));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
