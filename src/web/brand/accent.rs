//! The operator's accent colour, moved as far in lightness as text needs to be read (WCAG AA), for
//! light and for dark pages. The hue stays.

use crate::web::brand::colour::{Oklch, Rgb};

/// What WCAG AA asks of text.
const ENOUGH: f64 = 4.5;
/// Finer than an eye can tell.
const STEPS: u16 = 400;

/// The colours of one mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode {
    pub accent: Rgb,
    pub on_accent: Rgb,
    pub soft: Rgb,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    pub wanted: Rgb,
    pub light: Mode,
    pub dark: Mode,
}

/// What `static/app.css` has behind text, and how this module adds to it.
struct Ground {
    page: Rgb,
    surface: Rgb,
    sunken: Rgb,
    on_accent: Rgb,
    soft_lightness: f64,
    soft_chroma: f64,
    /// The lightness that is read best here.
    away: f64,
}

const LIGHT: Ground = Ground {
    page: Rgb([0xf8, 0xf9, 0xfb]),
    surface: Rgb([0xff, 0xff, 0xff]),
    sunken: Rgb([0xf2, 0xf4, 0xf7]),
    on_accent: Rgb([0xff, 0xff, 0xff]),
    soft_lightness: 0.965,
    soft_chroma: 0.018,
    away: 0.0,
};

const DARK: Ground = Ground {
    page: Rgb([0x0e, 0x10, 0x14]),
    surface: Rgb([0x16, 0x19, 0x1f]),
    sunken: Rgb([0x1c, 0x20, 0x28]),
    on_accent: Rgb([0x0a, 0x0c, 0x12]),
    soft_lightness: 0.265,
    soft_chroma: 0.05,
    away: 1.0,
};

impl Accent {
    pub fn of(wanted: Rgb) -> Self {
        Self { wanted, light: LIGHT.mode(wanted), dark: DARK.mode(wanted) }
    }

    /// Overrides what `static/app.css` sets, whose rules are in layers.
    pub fn stylesheet(&self) -> String {
        let Self { light, dark, .. } = self;
        format!(
            ":root {{\n  --accent: light-dark({}, {});\n  --on-accent: light-dark({}, {});\n  \
             --accent-soft: light-dark({}, {});\n}}\n",
            light.accent, dark.accent, light.on_accent, dark.on_accent, light.soft, dark.soft
        )
    }
}

impl Ground {
    fn mode(&self, wanted: Rgb) -> Mode {
        let seen = Oklch::of(wanted);
        let soft = Oklch {
            lightness: self.soft_lightness,
            chroma: seen.chroma.min(self.soft_chroma),
            ..seen
        };
        let soft = soft.rgb();
        // What stands on the accent is as far from it as surfaces are, or farther.
        Mode { accent: self.readable(wanted, soft), on_accent: self.on_accent, soft }
    }

    fn readable(&self, wanted: Rgb, soft: Rgb) -> Rgb {
        let behind = [self.page, self.surface, self.sunken, soft, self.on_accent];
        let seen = Oklch::of(wanted);
        let moved = (1..=STEPS).map(|step| {
            let share = f64::from(step) / f64::from(STEPS);
            let lightness = seen.lightness + (self.away - seen.lightness) * share;
            Oklch { lightness, ..seen }.rgb()
        });
        [wanted]
            .into_iter()
            .chain(moved)
            .find(|colour| behind.iter().all(|ground| colour.contrast(*ground) >= ENOUGH))
            // Black on light and white on dark, where every hue ends.
            .unwrap_or_else(|| Oklch { lightness: self.away, chroma: 0.0, hue: 0.0 }.rgb())
    }
}

#[cfg(test)]
mod tests;
