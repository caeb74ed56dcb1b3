//! PostgreSQL's binary `numeric` → a decimal of fixed scale.
//!
//! The form: count of digits, weight of the first, sign, display scale (each an int16), then digits to base 10,000.

const NEGATIVE: u16 = 0x4000;

/// The value in units of 10^-scale, rounded half away from zero; `None` for NaN, infinity, overflow or broken bytes.
pub(super) fn decimal(bytes: &[u8], scale: i8) -> Option<i128> {
    let word = |at: usize| Some(u16::from_be_bytes(bytes.get(2 * at..2 * at + 2)?.try_into().ok()?));
    let count = usize::from(word(0)?);
    let weight = i32::from(i16::from_be_bytes(word(1)?.to_be_bytes()));
    let sign = word(2)?;
    if sign != 0 && sign != NEGATIVE {
        return None;
    }
    let mut sum: i128 = 0;
    for position in 0..count {
        let digit = i128::from(word(4 + position)?);
        // The digit stands for digit × 10^(4 × (weight − position)).
        let exponent = 4 * (weight - i32::try_from(position).ok()?) + i32::from(scale);
        if exponent >= 0 {
            let unit = 10_i128.checked_pow(u32::try_from(exponent).ok()?)?;
            sum = sum.checked_add(digit.checked_mul(unit)?)?;
        } else {
            // Only the first digit beyond the scale decides the rounding, as digits that follow are less than half a unit.
            if exponent > -5 {
                let unit = 10_i128.pow(exponent.unsigned_abs());
                sum = sum.checked_add((digit + unit / 2) / unit)?;
            }
            break;
        }
    }
    Some(if sign == NEGATIVE { -sum } else { sum })
}

#[cfg(test)]
mod tests {
    use super::decimal;

    fn numeric(weight: i16, sign: u16, digits: &[u16]) -> Vec<u8> {
        let count = u16::try_from(digits.len()).unwrap();
        let words = [count, u16::from_be_bytes(weight.to_be_bytes()), sign, 0];
        words.iter().chain(digits).flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn values_keep_every_digit() {
        // 12345.678: digits 1, 2345, 6780.
        assert_eq!(decimal(&numeric(1, 0, &[1, 2345, 6780]), 2), Some(1_234_568));
        assert_eq!(decimal(&numeric(1, 0, &[1, 2345, 6780]), 4), Some(123_456_780));
        assert_eq!(decimal(&numeric(1, 0x4000, &[1, 2345, 6780]), 2), Some(-1_234_568));
        // 0.000001: digits 100 of weight -2.
        assert_eq!(decimal(&numeric(-2, 0, &[100]), 6), Some(1));
        // 20000: trailing zero digits are not sent.
        assert_eq!(decimal(&numeric(1, 0, &[2]), 2), Some(2_000_000));
        assert_eq!(decimal(&numeric(0, 0, &[]), 6), Some(0));
    }

    #[test]
    fn what_is_no_number_is_none() {
        assert_eq!(decimal(&numeric(0, 0xc000, &[]), 2), None);
        assert_eq!(decimal(&numeric(20, 0, &[1]), 2), None);
        assert_eq!(decimal(&[0, 1, 0], 2), None);
    }
}
