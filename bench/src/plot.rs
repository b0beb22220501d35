//! A bar chart in SVG: the CPU time per delivery of each server in each scenario, as a multiple of that of `floor`.

use std::fmt::Write as _;

use crate::report::Row;

const WIDTH: f64 = 720.0;
const LABEL: f64 = 190.0;
const BAR: f64 = 18.0;

/// Renders the chart, in colours that suit light and dark pages.
pub fn svg(rows: &[Row]) -> String {
    let cost = |row: &Row| row.cpu_us_per_delivery.map(|median| median.median);
    let floor =
        |scenario: &str| rows.iter().find(|row| row.scenario == scenario && row.target == "floor").and_then(cost);
    let mut bars = String::new();
    let (mut y, mut scenario) = (8.0, "");
    let ratios: Vec<_> = rows.iter().filter_map(|row| Some((row, cost(row)? / floor(row.scenario)?))).collect();
    let max = ratios.iter().map(|(_, ratio)| *ratio).fold(1.0, f64::max);
    let unit = (WIDTH - LABEL - 60.0) / max;
    for (row, ratio) in ratios {
        if row.scenario != scenario {
            scenario = row.scenario;
            y += BAR;
            let _ = write!(bars, r#"<text x="0" y="{:.0}" font-weight="600">{scenario}</text>"#, y + 13.0);
            y += BAR;
        }
        let own = if row.target == "Parlor" { "#c2592c" } else { "#8a8378" };
        let _ = write!(
            bars,
            r##"<text x="12" y="{:.0}">{}</text><rect x="{LABEL}" y="{y:.0}" width="{:.1}" height="14" rx="2" fill="{own}"/><text x="{:.1}" y="{:.0}">{ratio:.2}</text>"##,
            y + 11.0,
            row.target,
            ratio * unit,
            LABEL + ratio * unit + 6.0,
            y + 11.0,
        );
        y += BAR;
    }
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {:.0}" font-family="system-ui, sans-serif" font-size="12" fill="#8a8378" role="img"><title>CPU for each delivery, as a multiple of the floor's</title>{bars}</svg>"##,
        y + 12.0
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::median::Median;

    #[test]
    fn each_server_has_a_bar_and_scenarios_without_floor_are_left_out() {
        let row = |scenario, target, cost| {
            let mut row = Row::of(scenario, target, &[]);
            row.cpu_us_per_delivery = Median::of([cost]);
            row
        };
        let svg = svg(&[row("a", "floor", 2.0), row("a", "Parlor", 3.0), row("b", "Parlor", 1.0)]);
        assert_eq!(svg.matches("<rect").count(), 2);
        assert!(svg.contains(">1.50</text>") && svg.contains(">a</text>") && !svg.contains(">b</text>"));
    }
}
