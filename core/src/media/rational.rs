//! A positive fraction: frame rates, time bases and pixel shapes, exact.

use std::fmt;

use serde::{Deserialize, Serialize};

/// `num / den` in lowest terms; `den` is never zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "(u32, u32)", into = "(u32, u32)")]
pub struct Rational {
    num: u32,
    den: u32,
}

impl Rational {
    /// One.
    pub const ONE: Self = Self { num: 1, den: 1 };

    /// The fraction in lowest terms, or `None` where the denominator is zero.
    pub fn new(num: u32, den: u32) -> Option<Self> {
        if den == 0 {
            return None;
        }
        let divisor = gcd(num, den).max(1);
        Some(Self { num: num / divisor, den: den / divisor })
    }

    /// Numerator in lowest terms.
    pub fn num(self) -> u32 {
        self.num
    }

    /// Denominator in lowest terms, never zero.
    pub fn den(self) -> u32 {
        self.den
    }

    /// Whether the fraction is zero.
    pub fn is_zero(self) -> bool {
        self.num == 0
    }

    /// The same fraction upside down, or `None` for zero.
    pub fn inverse(self) -> Option<Self> {
        Self::new(self.den, self.num)
    }

    /// Whether this fraction is greater than `other`.
    pub fn is_above(self, other: Self) -> bool {
        u64::from(self.num) * u64::from(other.den) > u64::from(other.num) * u64::from(self.den)
    }

    /// `value * self`, rounded to the nearest whole, halves up.
    pub fn scale(self, value: i64) -> i64 {
        let product = i128::from(value) * i128::from(self.num);
        let den = i128::from(self.den);
        let rounded = (product * 2 + den).div_euclid(den * 2);
        i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN } else { i64::MAX })
    }

    /// For display only.
    pub fn as_f64(self) -> f64 {
        f64::from(self.num) / f64::from(self.den)
    }
}

impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.num, self.den)
    }
}

impl TryFrom<(u32, u32)> for Rational {
    type Error = &'static str;

    fn try_from((num, den): (u32, u32)) -> Result<Self, Self::Error> {
        Self::new(num, den).ok_or("a fraction's denominator is not zero")
    }
}

impl From<Rational> for (u32, u32) {
    fn from(value: Rational) -> Self {
        (value.num, value.den)
    }
}

fn gcd(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_kept_in_lowest_terms_and_round_halves_up() {
        let film = Rational::new(60_000, 2_002).unwrap();
        assert_eq!((film.num(), film.den()), (30_000, 1_001));
        assert_eq!(Rational::new(1, 2).unwrap().scale(3), 2);
        assert_eq!(Rational::new(1, 2).unwrap().scale(-3), -1);
        assert!(Rational::new(1, 0).is_none());
        assert!(serde_json::from_str::<Rational>("[1,0]").is_err());
    }
}
