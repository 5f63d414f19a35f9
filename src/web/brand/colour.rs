//! Colours as a screen shows them, their contrast as WCAG 2 defines it, and as eyes see them: lightness,
//! chroma and hue in OKLCH, where a change of lightness keeps the hue.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub [u8; 3]);

impl Rgb {
    /// `#rrggbb`, and nothing shorter or longer.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    fn linear(self) -> [f64; 3] {
        self.0.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// From 1 (the same) to 21 (black on white); the order does not matter.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Oklch {
    /// 0 is black, 1 is white.
    pub lightness: f64,
    /// 0 is grey; no screen shows more than about 0.37.
    pub chroma: f64,
    /// Radians.
    pub hue: f64,
}

/// The matrices are those of Björn Ottosson's definition of Oklab.
impl Oklch {
    pub fn of(colour: Rgb) -> Self {
        let [red, green, blue] = colour.linear();
        let long = 0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue;
        let middle = 0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue;
        let short = 0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue;
        let [long, middle, short] = [long, middle, short].map(f64::cbrt);
        let a = 1.977_998_495_1 * long - 2.428_592_205 * middle + 0.450_593_709_9 * short;
        let b = 0.025_904_037_1 * long + 0.782_771_766_2 * middle - 0.808_675_766 * short;
        Self {
            lightness: 0.210_454_255_3 * long + 0.793_617_785 * middle - 0.004_072_046_8 * short,
            chroma: a.hypot(b),
            hue: b.atan2(a),
        }
    }

    fn linear(self) -> [f64; 3] {
        let (lightness, (sin, cos)) = (self.lightness, self.hue.sin_cos());
        let (a, b) = (self.chroma * cos, self.chroma * sin);
        let long = lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b;
        let middle = lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b;
        let short = lightness - 0.089_484_177_5 * a - 1.291_485_548 * b;
        let [long, middle, short] = [long, middle, short].map(|value| value.powi(3));
        [
            4.076_741_662_1 * long - 3.307_711_591_3 * middle + 0.230_969_929_2 * short,
            -1.268_438_004_6 * long + 2.609_757_401_1 * middle - 0.341_319_396_5 * short,
            -0.004_196_086_3 * long - 0.703_418_614_7 * middle + 1.707_614_701 * short,
        ]
    }

    fn can_be_shown(self) -> bool {
        self.linear().iter().all(|channel| (-0.0005..=1.0005).contains(channel))
    }

    /// On a screen. What is too colourful for this lightness loses chroma, never its hue.
    pub fn rgb(self) -> Rgb {
        let mut shown = self;
        if !self.can_be_shown() {
            let (mut fits, mut exceeds) = (0.0, self.chroma);
            for _ in 0..16 {
                let chroma = f64::midpoint(fits, exceeds);
                if (Self { chroma, ..self }).can_be_shown() {
                    fits = chroma;
                } else {
                    exceeds = chroma;
                }
            }
            shown.chroma = fits;
        }
        Rgb(shown.linear().map(channel))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is between 0 and 255"
)]
fn channel(linear: f64) -> u8 {
    let linear = linear.clamp(0.0, 1.0);
    let value =
        if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 };
    (value * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_wcag() {
        let of = |one, two| Rgb::parse(one).unwrap().contrast(Rgb::parse(two).unwrap());
        assert!((of("#000000", "#ffffff") - 21.0).abs() < 0.001);
        // The greys between which the threshold of AA lies on white.
        assert!(of("#767676", "#ffffff") > 4.5);
        assert!(of("#777777", "#ffffff") < 4.5);
    }

    #[test]
    fn only_six_digits_are_a_colour() {
        assert_eq!(Rgb::parse("#2450C8").unwrap().to_string(), "#2450c8");
        for text in ["", "#", "2450c8", "#fff", "#2450c", "#2450c88", "#24+0c8", "#24 0c8", "red"] {
            assert_eq!(Rgb::parse(text), None, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_colour_survives_the_way_there_and_back(colour: [u8; 3]) {
            let back = Oklch::of(Rgb(colour)).rgb();
            for (before, after) in colour.into_iter().zip(back.0) {
                proptest::prop_assert!(before.abs_diff(after) <= 1, "{:?} {:?}", colour, back);
            }
        }
    }
}
