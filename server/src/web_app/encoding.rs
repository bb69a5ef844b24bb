//! Which compressed forms a client takes, by its `Accept-Encoding` (RFC 9110, 12.5.3).

use std::cmp::Reverse;

use axum::http::{HeaderMap, header};

/// A compressed form that the web app's build makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Brotli,
    Gzip,
}

impl Encoding {
    /// Smallest first.
    const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// Its name in `Content-Encoding`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }
}

/// What the client takes, the best first: by its own weights, and between equals the smaller form.
pub fn accepted(request: &HeaderMap) -> Vec<Encoding> {
    let mut weighed: Vec<(u32, Encoding)> = Encoding::ALL
        .into_iter()
        .map(|encoding| (weight(request, encoding.name()), encoding))
        .filter(|(weight, _)| *weight > 0)
        .collect();
    // Stable: the order of ALL stays between equals.
    weighed.sort_by_key(|(weight, _)| Reverse(*weight));
    weighed.into_iter().map(|(_, encoding)| encoding).collect()
}

/// The weight that the client gives a coding, in thousandths; one that it does not name has that of `*`, else none.
fn weight(request: &HeaderMap, name: &str) -> u32 {
    let mut of_any = 0;
    for element in request
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
    {
        let mut parts = element.split(';').map(str::trim);
        let coding = parts.next().unwrap_or_default();
        let weight = parts.find_map(quality).unwrap_or(1000);
        if coding.eq_ignore_ascii_case(name) {
            return weight;
        }
        if coding == "*" {
            of_any = weight;
        }
    }
    of_any
}

/// `q=0.5` as 500. A weight that cannot be read is none: the plain form is always right.
fn quality(parameter: &str) -> Option<u32> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let (whole, fraction) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    let thousandths = format!("{whole}{fraction:0<3}");
    let readable = matches!(whole, "0" | "1") && fraction.len() <= 3;
    Some(thousandths.parse().ok().filter(|weight| readable && *weight <= 1000).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn takes(value: &'static str) -> Vec<&'static str> {
        let request = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]);
        accepted(&request).into_iter().map(Encoding::name).collect()
    }

    #[test]
    fn the_smaller_form_goes_to_whoever_takes_both_alike() {
        assert_eq!(takes("gzip, deflate, br, zstd"), ["br", "gzip"]);
        assert_eq!(takes("GZIP"), ["gzip"]);
        assert_eq!(takes("*"), ["br", "gzip"]);
    }

    #[test]
    fn the_clients_weights_decide() {
        assert_eq!(takes("br;q=0.5, gzip"), ["gzip", "br"]);
        assert_eq!(takes("br ; q=0.25 , gzip;Q=0.251"), ["gzip", "br"]);
        assert_eq!(takes("br;q=0, gzip"), ["gzip"]);
        assert_eq!(takes("*;q=0, gzip;q=0.001"), ["gzip"]);
        assert_eq!(takes("gzip;q=1.000, *;q=0.5"), ["gzip", "br"]);
    }

    #[test]
    fn who_asks_for_none_or_not_readably_gets_the_plain_form() {
        assert_eq!(accepted(&HeaderMap::new()), []);
        for value in ["", "identity", "br;q=2", "br;q=", "br;q=0.0001", "br;q=-1", "x-gzip-not"] {
            assert_eq!(takes(value), Vec::<&str>::new(), "{value}");
        }
    }
}
