use proptest::prelude::*;

use super::*;

const CSS: &str = include_str!("../../../../static/app.css");

/// What the style sheet gives a property, in light and in dark.
fn from_css(name: &str) -> [Rgb; 2] {
    let rest = CSS.split_once(&format!("--{name}: light-dark(")).expect(name).1;
    let (light, dark) = rest.split_once(");").expect(name).0.split_once(", ").expect(name);
    [light, dark].map(|text| {
        match text.len() {
            4 => Rgb::parse(&text.chars().flat_map(|c| [c; 2]).skip(1).collect::<String>()),
            _ => Rgb::parse(text),
        }
        .expect(name)
    })
}

fn holds(wanted: Rgb) {
    let accent = Accent::of(wanted);
    for (mode, colours) in [accent.light, accent.dark].into_iter().enumerate() {
        let Mode { accent, on_accent, soft } = colours;
        let mut pairs = vec![("on-accent", on_accent, accent), ("accent-soft", accent, soft)];
        for name in ["page", "surface", "sunken"] {
            pairs.push((name, accent, from_css(name)[mode]));
        }
        // What a marked row of the table has on it.
        for name in ["text", "muted", "warn", "bad"] {
            pairs.push((name, from_css(name)[mode], soft));
        }
        for (name, one, two) in pairs {
            let contrast = one.contrast(two);
            assert!(contrast >= 4.5, "{wanted} in mode {mode}: {one} on {two} ({name}) {contrast}");
        }
    }
}

fn hue_distance(one: Rgb, two: Rgb) -> f64 {
    let turn = (Oklch::of(one).hue - Oklch::of(two).hue).abs();
    turn.min(std::f64::consts::TAU - turn)
}

#[test]
fn the_grounds_are_those_of_the_style_sheet() {
    for (mode, ground) in [LIGHT, DARK].iter().enumerate() {
        assert_eq!(ground.page, from_css("page")[mode]);
        assert_eq!(ground.surface, from_css("surface")[mode]);
        assert_eq!(ground.sunken, from_css("sunken")[mode]);
    }
}

#[test]
fn colours_from_all_over_the_cube_can_be_read() {
    let levels = [0, 51, 102, 128, 153, 204, 255];
    for red in levels {
        for green in levels {
            for blue in levels {
                holds(Rgb([red, green, blue]));
            }
        }
    }
}

proptest! {
    #[test]
    fn any_colour_can_be_read(colour: [u8; 3]) {
        holds(Rgb(colour));
    }

    #[test]
    fn the_hue_is_kept(colour: [u8; 3]) {
        let wanted = Rgb(colour);
        let accent = Accent::of(wanted);
        for moved in [accent.light.accent, accent.dark.accent] {
            // A grey has no hue, and of a colour that is almost grey eight bits keep little.
            prop_assume!(Oklch::of(moved).chroma > 0.05);
            prop_assert!(hue_distance(wanted, moved) < 0.12, "{} became {}", wanted, moved);
        }
    }
}

#[test]
fn a_colour_that_can_be_read_is_left_alone() {
    let wanted = Rgb::parse("#2450c8").unwrap();
    assert_eq!(Accent::of(wanted).light.accent, wanted);
    let wanted = Rgb::parse("#8fb0ff").unwrap();
    assert_eq!(Accent::of(wanted).dark.accent, wanted);
}

#[test]
fn a_colour_is_moved_no_farther_than_it_must() {
    for text in ["#ffee00", "#ff6600", "#00c853", "#9c27b0", "#001133", "#ffffff", "#000000"] {
        let accent = Accent::of(Rgb::parse(text).unwrap());
        for Mode { accent: moved, soft, .. } in [accent.light, accent.dark] {
            let closest = ["page", "surface", "sunken"]
                .into_iter()
                .flat_map(from_css)
                .chain([soft])
                .map(|ground| moved.contrast(ground))
                .filter(|contrast| *contrast >= ENOUGH)
                .fold(21.0, f64::min);
            assert!(moved == accent.wanted || closest < 4.7, "{text} became {moved}: {closest}");
        }
    }
}

#[test]
fn the_style_sheet_has_a_value_for_each_mode() {
    let css = Accent::of(Rgb::parse("#ffee00").unwrap()).stylesheet();
    assert!(!css.contains("#ffee00, "), "yellow on white cannot be read: {css}");
    assert!(css.contains(", #ffee00);"), "on dark it can: {css}");
    assert_eq!(css.matches("light-dark(#").count(), 3);
}
