//! Bits of a byte string, most significant first.

/// A reader that ends in `None`, never in a panic.
#[derive(Debug, Clone)]
pub struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    /// From the first bit on.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The next `count` bits, at most 32, as a number.
    pub fn take(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    /// The next bit.
    pub fn flag(&mut self) -> Option<bool> {
        self.take(1).map(|bit| bit == 1)
    }

    /// An unsigned Exp-Golomb number (ISO/IEC 14496-10, 9.1).
    pub fn golomb(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some((1 << zeros) - 1 + self.take(zeros)?)
    }

    /// A signed one.
    pub fn signed_golomb(&mut self) -> Option<i64> {
        let code = i64::from(self.golomb()?);
        Some(if code % 2 == 1 { (code + 1) / 2 } else { -(code / 2) })
    }

    /// How many bits were taken.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Passes over bits, also past the end.
    pub fn skip(&mut self, count: usize) {
        self.at = self.at.saturating_add(count);
    }

    /// How many bits are left.
    pub fn left(&self) -> usize {
        (self.bytes.len() * 8).saturating_sub(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_the_end_is_none() {
        // 1 | 010 | 011 | 00100 | 1010 0
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_1010, 0]);
        assert_eq!((bits.golomb(), bits.golomb(), bits.golomb(), bits.golomb()), (Some(0), Some(1), Some(2), Some(3)));
        assert_eq!((bits.take(4), bits.left()), (Some(0b1010), 8));
        assert_eq!((bits.golomb(), bits.take(1)), (None, None));
        assert_eq!(Bits::new(&[0b0110_0000]).signed_golomb(), Some(-1));
    }
}
