//! Digests of rows over columns: 128 bits of SHA-256 over the values in column order, with type tags and null marks.

use arrow::{
    array::{
        Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, FixedSizeBinaryArray, Float64Array, Int16Array,
        Int32Array, Int64Array, StringArray,
    },
    datatypes::{
        DataType, Date32Type, Decimal128Type, Float64Type, Int16Type, Int32Type, Int64Type, TimeUnit,
        TimestampMicrosecondType,
    },
};
use sha2::{Digest, Sha256};

/// One row's digest.
pub type RowDigest = u128;

const NULL: u8 = 0;

/// A column of one of the stored types. Integers of all widths digest alike, so that a widened column changes no hash.
enum Cells<'a> {
    Int16(&'a Int16Array),
    Int32(&'a Int32Array),
    Int64(&'a Int64Array),
    Date(&'a arrow::array::Date32Array),
    Instant(&'a arrow::array::TimestampMicrosecondArray),
    Text(&'a StringArray),
    Bool(&'a BooleanArray),
    Decimal(&'a Decimal128Array, i8),
    Float(&'a Float64Array),
    Bytes(&'a FixedSizeBinaryArray),
}

impl<'a> Cells<'a> {
    fn new(array: &'a ArrayRef) -> Result<Self, DataType> {
        Ok(match array.data_type() {
            DataType::Int16 => Self::Int16(array.as_primitive::<Int16Type>()),
            DataType::Int32 => Self::Int32(array.as_primitive::<Int32Type>()),
            DataType::Int64 => Self::Int64(array.as_primitive::<Int64Type>()),
            DataType::Date32 => Self::Date(array.as_primitive::<Date32Type>()),
            DataType::Timestamp(TimeUnit::Microsecond, _) => {
                Self::Instant(array.as_primitive::<TimestampMicrosecondType>())
            }
            DataType::Utf8 => Self::Text(array.as_string::<i32>()),
            DataType::Boolean => Self::Bool(array.as_boolean()),
            DataType::Decimal128(_, scale) => Self::Decimal(array.as_primitive::<Decimal128Type>(), *scale),
            DataType::Float64 => Self::Float(array.as_primitive::<Float64Type>()),
            DataType::FixedSizeBinary(_) => Self::Bytes(array.as_fixed_size_binary()),
            other => return Err(other.clone()),
        })
    }

    fn array(&self) -> &dyn Array {
        match self {
            Self::Int16(array) => array,
            Self::Int32(array) => array,
            Self::Int64(array) => array,
            Self::Date(array) => array,
            Self::Instant(array) => array,
            Self::Text(array) => array,
            Self::Bool(array) => array,
            Self::Decimal(array, _) => array,
            Self::Float(array) => array,
            Self::Bytes(array) => array,
        }
    }

    fn append(&self, row: usize, out: &mut Vec<u8>) {
        if self.array().is_null(row) {
            out.push(NULL);
            return;
        }
        match self {
            Self::Int16(array) => integer(i64::from(array.value(row)), out),
            Self::Int32(array) => integer(i64::from(array.value(row)), out),
            Self::Int64(array) => integer(array.value(row), out),
            Self::Date(array) => tagged(2, &array.value(row).to_le_bytes(), out),
            Self::Instant(array) => tagged(3, &array.value(row).to_le_bytes(), out),
            Self::Text(array) => {
                let text = array.value(row).as_bytes();
                tagged(4, &(text.len() as u64).to_le_bytes(), out);
                out.extend_from_slice(text);
            }
            Self::Bool(array) => tagged(5, &[u8::from(array.value(row))], out),
            Self::Decimal(array, scale) => {
                tagged(6, &scale.to_le_bytes(), out);
                out.extend_from_slice(&array.value(row).to_le_bytes());
            }
            Self::Float(array) => tagged(7, &array.value(row).to_bits().to_le_bytes(), out),
            Self::Bytes(array) => tagged(8, array.value(row), out),
        }
    }
}

fn integer(value: i64, out: &mut Vec<u8>) {
    tagged(1, &value.to_le_bytes(), out);
}

fn tagged(tag: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(tag);
    out.extend_from_slice(bytes);
}

/// The digest of every row over `columns`, in their order. The error is a type that has none.
pub fn digests(columns: &[&ArrayRef], rows: usize) -> Result<Vec<RowDigest>, DataType> {
    let cells = columns.iter().map(|column| Cells::new(column)).collect::<Result<Vec<_>, _>>()?;
    let mut row_bytes = Vec::with_capacity(256);
    let digest = |row: usize| {
        row_bytes.clear();
        for cell in &cells {
            cell.append(row, &mut row_bytes);
        }
        cut(&row_bytes)
    };
    Ok((0..rows).map(digest).collect())
}

fn cut(bytes: &[u8]) -> RowDigest {
    let digest = Sha256::digest(bytes);
    let mut first = [0; 16];
    first.copy_from_slice(&digest[..16]);
    u128::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn text(values: &[Option<&str>]) -> ArrayRef {
        Arc::new(StringArray::from(values.to_vec()))
    }

    #[test]
    fn text_does_not_flow_from_one_column_into_the_next() {
        let (a, b) = (text(&[Some("ab"), Some("a")]), text(&[Some("c"), Some("bc")]));
        let rows = digests(&[&a, &b], 2).unwrap();
        assert_ne!(rows[0], rows[1]);
    }

    #[test]
    fn null_empty_and_zero_stay_different() {
        let null = digests(&[&text(&[None])], 1).unwrap()[0];
        let empty = digests(&[&text(&[Some("")])], 1).unwrap()[0];
        let zero = digests(&[&(Arc::new(Int64Array::from(vec![0])) as ArrayRef)], 1).unwrap()[0];
        assert!(null != empty && empty != zero && null != zero);
    }

    #[test]
    fn a_wider_integer_type_changes_no_digest() {
        let narrow: ArrayRef = Arc::new(Int16Array::from(vec![7]));
        let wide: ArrayRef = Arc::new(Int64Array::from(vec![7]));
        assert_eq!(digests(&[&narrow], 1).unwrap(), digests(&[&wide], 1).unwrap());
    }

    #[test]
    fn the_digest_is_the_same_in_every_release() {
        let columns = [text(&[Some("12@2007-01-01")]), Arc::new(Int32Array::from(vec![None])) as ArrayRef];
        let digest = digests(&columns.iter().collect::<Vec<_>>(), 1).unwrap()[0];
        let mut bytes = vec![4];
        bytes.extend_from_slice(&13u64.to_le_bytes());
        bytes.extend_from_slice(b"12@2007-01-01");
        bytes.push(NULL);
        assert_eq!(digest, cut(&bytes));
    }
}
