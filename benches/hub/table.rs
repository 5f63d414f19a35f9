//! What is printed.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the table is the result")]

use std::time::Duration;

use crate::load::Figures;

pub fn title(text: &str) {
    println!("\n{text}");
    println!(
        "{:<44} {:>3} | {:>9} {:>9} {:>9} | {:>9} {:>9} | {:>6}",
        "", "c", "hub/s", "p50", "p99", "bare/s", "p50", "ratio"
    );
}

pub fn row(job: &str, clients: usize, hub: &Figures, bare: &Figures) {
    println!(
        "{job:<44} {clients:>3} | {:>9.0} {:>9} {:>9} | {:>9.0} {:>9} | {:>6.2}",
        hub.per_second,
        time(hub.p50),
        time(hub.p99),
        bare.per_second,
        time(bare.p50),
        hub.per_second / bare.per_second
    );
}

pub fn line(text: &str) {
    println!("{text}");
}

pub fn note(text: &str) {
    eprintln!("{text}");
}

pub fn progress(text: &str) {
    eprintln!("  … {text}");
}

pub fn time(time: Duration) -> String {
    let millis = time.as_secs_f64() * 1000.0;
    if millis < 10.0 { format!("{millis:.2} ms") } else { format!("{millis:.0} ms") }
}
