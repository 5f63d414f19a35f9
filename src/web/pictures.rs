//! Pictures that the server draws, as SVG without style or script: here is where everything stands, in
//! whole units of the picture; templates only write it down. Each has its words beside it, so that nobody has
//! to see it.

mod checks;
mod keys;

use crate::clock::Timestamp;

pub use checks::{ChecksPicture, MOST as CHECKS, since as checks_since};
pub use keys::{KeysPicture, READ as KEYS};

/// Divides a width as the counts are divided. Whoever counts at all gets at least the narrowest part.
pub fn shares(counts: &[i64], width: u32, narrowest: u32) -> Vec<u32> {
    let counts: Vec<u128> = counts.iter().map(|count| (*count).try_into().unwrap_or(0)).collect();
    let total: u128 = counts.iter().sum();
    if total == 0 {
        return vec![0; counts.len()];
    }
    let share = |count: &u128| {
        let share = u128::from(width) * count / total;
        u32::try_from(share)
            .map_or(width, |share| if *count > 0 { share.max(narrowest) } else { 0 })
    };
    let mut shares: Vec<u32> = counts.iter().map(share).collect();
    // The largest gives what the smallest got, and takes what rounding left.
    let others = |shares: &[u32], at: usize| shares.iter().sum::<u32>() - shares[at];
    if let Some(largest) = (0..shares.len()).max_by_key(|at| counts[*at]) {
        shares[largest] = width.saturating_sub(others(&shares, largest));
    }
    shares
}

/// "2026-11-24 10:00 UTC".
pub fn minute(at: Timestamp) -> String {
    let text = at.to_string();
    text.get(..16).map_or(text.clone(), |text| format!("{} UTC", text.replace('T', " ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_fill_the_width_and_nobody_who_counts_is_invisible() {
        for counts in [
            vec![1],
            vec![0, 1, 0],
            vec![1, 1, 1],
            vec![1_000_000, 1, 0, 3],
            vec![5, 0, 7, 11, 2, 900, 1],
            vec![i64::MAX / 8, i64::MAX / 8, 1],
        ] {
            let shares = shares(&counts, 1_000, 12);
            assert_eq!(shares.iter().sum::<u32>(), 1_000, "{counts:?}");
            for (count, share) in counts.iter().zip(&shares) {
                assert_eq!(*count == 0, *share == 0, "{counts:?} {shares:?}");
                assert!(*count == 0 || *share >= 12, "{counts:?} {shares:?}");
            }
        }
        assert_eq!(shares(&[0, 0], 1_000, 12), [0, 0]);
        assert_eq!(shares(&[75, 25], 1_000, 12), [750, 250]);
    }
}
