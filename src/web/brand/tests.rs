use super::*;

fn settings() -> BrandSettings {
    BrandSettings {
        name: "My Product".to_owned(),
        logo: None,
        accent: None,
        support_url: None,
        hide_powered_by: false,
    }
}

fn refused(settings: BrandSettings) -> BrandError {
    Brand::new(settings).expect_err("it must be refused")
}

const SVG: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>"#;
/// One transparent pixel.
const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\
\0\0\0\rIDATx\xdac\xfc\xff\xff?\x03\0\x08\xfc\x02\xfe\xa7\x9a\xa0\xa0\0\0\0\0IEND\xaeB`\x82";

#[test]
fn a_name_must_fit_into_the_top_bar() {
    let of = |name: &str| Brand::new(BrandSettings { name: name.to_owned(), ..settings() });
    assert_eq!(of("  Müller & Söhne ").unwrap().name, "Müller & Söhne");
    assert_eq!(of(" ").unwrap_err(), BrandError::NameEmpty);
    assert_eq!(of("My\nProduct").unwrap_err(), BrandError::NameUnshowable);
    assert_eq!(of(&"é".repeat(60)).unwrap().name.chars().count(), 60);
    assert_eq!(of(&"é".repeat(61)).unwrap_err(), BrandError::NameTooLong(61));
}

#[test]
fn an_accent_is_a_colour_with_six_digits() {
    let of = |accent: &str| BrandSettings { accent: Some(accent.to_owned()), ..settings() };
    for wrong in ["", "red", "#fff", "2450c8", "#2450c8; } body { display: none"] {
        assert_eq!(refused(of(wrong)), BrandError::Accent(wrong.to_owned()));
    }
    let brand = Brand::new(of("#FFEE00")).unwrap();
    assert!(brand.stylesheet_url().unwrap().starts_with("/brand/accent."));
    assert!(brand.moved_accent().unwrap().contains("#ffee00"));
    assert!(Brand::new(settings()).unwrap().stylesheet_url().is_none());
}

#[test]
fn a_logo_is_an_svg_or_a_png() {
    let of = |logo: &[u8]| BrandSettings { logo: Some(logo.to_owned()), ..settings() };
    let prolog = format!(
        "\u{feff}<?xml version=\"1.0\"?>\n<!-- <svg> -->\n<!DOCTYPE svg [<!ENTITY a \"b\">]>{SVG}"
    );
    for (good, ending, kind) in [
        (SVG.as_bytes(), ".svg", "image/svg+xml"),
        (prolog.as_bytes(), ".svg", "image/svg+xml"),
        (PNG, ".png", "image/png"),
    ] {
        let brand = Brand::new(of(good)).unwrap();
        assert!(brand.logo_url().unwrap().ends_with(ending));
        assert_eq!(brand.icon(), (brand.logo_url().unwrap(), kind));
    }
    let long = format!("{SVG}{}", " ".repeat(LARGEST_LOGO));
    for (wrong, error) in [
        (long.as_bytes(), BrandError::LogoTooLarge),
        (b"".as_slice(), BrandError::LogoOfOtherKind),
        (b"GIF89a", BrandError::LogoOfOtherKind),
        (b"<html><svg></svg></html>", BrandError::LogoOfOtherKind),
        (b"<svgx xmlns='http://www.w3.org/2000/svg'></svgx>", BrandError::LogoOfOtherKind),
        (b"\xff\xfe<\0s\0v\0g\0", BrandError::LogoOfOtherKind),
        (b"<svg viewBox='0 0 1 1'></svg>", BrandError::LogoWithoutNamespace),
        (&SVG.as_bytes()[..50], BrandError::LogoDamaged),
        (&PNG[..40], BrandError::LogoDamaged),
        (&PNG[..8], BrandError::LogoDamaged),
    ] {
        assert_eq!(refused(of(wrong)), error, "{}", String::from_utf8_lossy(wrong).trim_end());
    }
}

#[test]
fn help_is_a_page_or_a_mail_address() {
    for (set, href, text, is_page) in [
        ("support@example.com", "mailto:support@example.com", "support@example.com", false),
        (
            "mailto:a@example.com?subject=Qlik",
            "mailto:a@example.com?subject=Qlik",
            "a@example.com",
            false,
        ),
        ("https://example.com/help", "https://example.com/help", "example.com/help", true),
        ("https://example.com", "https://example.com/", "example.com", true),
    ] {
        let expected = Support { href: href.to_owned(), text: text.to_owned(), is_page };
        assert_eq!(Support::parse(set), Some(expected));
    }
    for wrong in [
        "",
        "support",
        "@example.com",
        "a@b@example.com",
        "a@example..com",
        "a b@example.com",
        "http://example.com/help",
        "//example.com",
        "/help",
        "https://",
        "https://user:secret@example.com",
        "javascript:alert(1)//a@example.com",
        "data:text/html,a@example.com",
        "mailto:",
    ] {
        let set = BrandSettings { support_url: Some(wrong.to_owned()), ..settings() };
        assert_eq!(refused(set), BrandError::Support(wrong.to_owned()));
    }
}

#[test]
fn an_error_names_the_setting() {
    for error in [
        BrandError::NameEmpty,
        BrandError::NameTooLong(61),
        BrandError::NameUnshowable,
        BrandError::LogoTooLarge,
        BrandError::LogoOfOtherKind,
        BrandError::LogoWithoutNamespace,
        BrandError::LogoDamaged,
        BrandError::Accent("red".to_owned()),
        BrandError::Support("help".to_owned()),
    ] {
        assert!(error.to_string().starts_with("LINKHUB_BRAND_"), "{error}");
    }
}

#[tokio::test]
async fn an_image_opened_by_itself_can_do_nothing() {
    let logo = Some(SVG.as_bytes().to_owned());
    let accent = Some("#2450c8".to_owned());
    let brand = Brand::new(BrandSettings { logo, accent, ..settings() }).unwrap();
    let headers = HeaderMap::new();
    let path = |url: Option<String>| url.unwrap().replace("/brand/", "");
    let logo = brand.serve(&path(brand.logo_url()), &headers).await.unwrap();
    assert_eq!(logo.headers()[header::CONTENT_SECURITY_POLICY], LOGO_POLICY);
    let css = brand.serve(&path(brand.stylesheet_url()), &headers).await.unwrap();
    assert!(!css.headers().contains_key(header::CONTENT_SECURITY_POLICY));
    assert!(brand.serve("logo.svg", &headers).await.is_none());
}

#[test]
fn our_mark_stands_only_beside_our_name() {
    assert!(Brand::default().is_ours());
    let other = Brand::new(settings()).unwrap();
    assert!(!other.is_ours());
    assert_eq!(other.icon().0, "data:,");
}
