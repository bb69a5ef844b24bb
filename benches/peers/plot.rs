//! A small drawing for the docs.

/// Horizontal bars as SVG; a line stands at 1.
pub fn bars(title: &str, bars: &[(String, f64)]) -> String {
    const LEFT: f64 = 250.0;
    const WIDTH: f64 = 400.0;
    const ROW: f64 = 30.0;
    let most = bars.iter().map(|(_, value)| *value).fold(1.0, f64::max);
    let scale = WIDTH / most;
    let height = ROW * (bars.len() as f64 + 2.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {height}\" font-family=\"sans-serif\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"10\" y=\"22\" font-weight=\"bold\">{}</text>\n",
        LEFT + WIDTH + 70.0,
        escaped(title)
    );
    for (number, (name, value)) in bars.iter().enumerate() {
        let y = ROW * (number as f64 + 1.3);
        let colour = if number == 0 { "#0f766e" } else { "#94a3b8" };
        svg += &format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n\
             <rect x=\"{LEFT}\" y=\"{y}\" width=\"{:.1}\" height=\"20\" fill=\"{colour}\"/>\n\
             <text x=\"{:.1}\" y=\"{}\">{value:.2}</text>\n",
            LEFT - 8.0,
            y + 15.0,
            escaped(name),
            value * scale,
            LEFT + value * scale + 6.0,
            y + 15.0,
        );
    }
    let one = LEFT + scale;
    svg += &format!(
        "<line x1=\"{one:.1}\" x2=\"{one:.1}\" y1=\"{}\" y2=\"{}\" stroke=\"#dc2626\" stroke-dasharray=\"4 3\"/>\n</svg>\n",
        ROW,
        height - ROW * 0.5
    );
    svg
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
