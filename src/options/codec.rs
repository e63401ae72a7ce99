//! Option rows and the rules of their kinds.
//!
//! An option is a [`Row`]: a number, a kind, who may read or write it, and where its value lives. The kind ([`Codec`])
//! holds what all options of that kind share, written once: which sizes are taken, which values, and what is read back.
//! One lens, a function from the owner to the field, serves both directions, so that set and get cannot drift apart;
//! the few options that are more than a field have functions instead ([`Codec::Computed`], [`Codec::Raw`]).
//! The socket, its pattern and the context each keep a static table of rows and call [`set`] and [`get`] with it.

use std::ops::RangeInclusive;

use super::secret::{self, Secret};
use crate::error::{Error, Result};
use crate::z85;

/// Where a value of type `T` lives in its owner.
pub type Lens<O, T> = fn(&mut O) -> &mut T;

/// Every int.
pub const ANY: RangeInclusive<i32> = i32::MIN..=i32::MAX;
/// Every int from 0 up.
pub const NATURAL: RangeInclusive<i32> = 0..=i32::MAX;
/// Every int from -1 (none, for ever, or the system's default) up.
pub const OR_NONE: RangeInclusive<i32> = -1..=i32::MAX;

/// The kind of an option's value. Ints are four bytes, no more and no less, in both directions. What a kind refuses is
/// EINVAL. "NULL" is a value given as a NULL pointer of length 0, which some kinds tell from an empty one.
pub enum Codec<O> {
    /// An int within a range.
    Int(Lens<O, i32>, RangeInclusive<i32>),
    /// A boolean: exactly 0 or 1.
    Strict(Lens<O, bool>),
    /// A boolean: 0 is false, every int above is true, negative ones are refused.
    Natural(Lens<O, bool>),
    /// A boolean: 0 is false, every other int is true.
    Relaxed(Lens<O, bool>),
    /// An int that is worked out in both directions; the second function checks the range.
    Computed(fn(&mut O) -> i32, fn(&mut O, i32) -> Result<()>),
    /// An int that is worked out and cannot be set.
    Fact(fn(&mut O) -> i32),
    /// An int that makes the owner do something and cannot be read back; the function checks the range.
    Order(fn(&mut O, i32) -> Result<()>),
    /// An unsigned 64-bit number.
    U64(Lens<O, u64>),
    /// A signed 64-bit number.
    I64(Lens<O, i64>),
    /// Bytes of a length within a range, read back as they are. NULL is empty.
    Bytes(Lens<O, Vec<u8>>, RangeInclusive<usize>),
    /// As `Bytes`, read back with a NUL after them, which the size counts.
    Text(Lens<O, Vec<u8>>, RangeInclusive<usize>),
    /// As `Text`, but NULL empties it whatever the range says.
    Clearable(Lens<O, Vec<u8>>, RangeInclusive<usize>),
    /// As `Text`, wiped when it goes.
    SecretText(Lens<O, Secret<Vec<u8>>>, RangeInclusive<usize>),
    /// As `SecretText` of 1 to 255 bytes. NULL leaves the text alone; the function is told whether one was given.
    Credential(Lens<O, Secret<Vec<u8>>>, fn(&mut O, bool)),
    /// A CURVE key: 32 bytes, or 40 characters of Z85 with or without a NUL after them. Read back as 32 bytes or as 40
    /// characters and a NUL, as the size of the buffer says.
    Key(Lens<O, secret::Key>),
    /// Bytes that the owner itself understands; None is NULL. Cannot be read back.
    Raw(fn(&mut O, Option<&[u8]>) -> Result<()>),
    /// As `Raw`, with a function that writes the value into the buffer and returns its size.
    Custom(fn(&mut O, Option<&[u8]>) -> Result<()>, fn(&mut O, &mut [u8]) -> Result<usize>),
}

use Codec::*;

/// Which directions an option has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// zmq_setsockopt and zmq_getsockopt.
    Both,
    /// zmq_getsockopt alone; setting is EINVAL.
    ReadOnly,
    /// zmq_setsockopt alone; getting is EINVAL.
    WriteOnly,
}

/// One option of an owner `O`.
pub struct Row<O> {
    /// Its number in zmq.h.
    pub id: i32,
    /// Kind and place of its value.
    pub codec: Codec<O>,
    /// Its directions.
    pub access: Access,
    /// What else happens once a value was taken.
    pub hook: Option<fn(&mut O)>,
}

/// An option that is set and read.
pub const fn row<O>(id: i32, codec: Codec<O>) -> Row<O> {
    Row { id, codec, access: Access::Both, hook: None }
}

/// An option that is set and read; `hook` runs after each successful set.
pub const fn hooked<O>(id: i32, codec: Codec<O>, hook: fn(&mut O)) -> Row<O> {
    Row { id, codec, access: Access::Both, hook: Some(hook) }
}

/// An option that is only read.
pub const fn read_only<O>(id: i32, codec: Codec<O>) -> Row<O> {
    Row { id, codec, access: Access::ReadOnly, hook: None }
}

/// An option that is only set.
pub const fn write_only<O>(id: i32, codec: Codec<O>) -> Row<O> {
    Row { id, codec, access: Access::WriteOnly, hook: None }
}

/// An option that is only set; `hook` runs after each successful set.
pub const fn write_hooked<O>(id: i32, codec: Codec<O>, hook: fn(&mut O)) -> Row<O> {
    Row { id, codec, access: Access::WriteOnly, hook: Some(hook) }
}

/// Sets option `id` of `owner`. None: `rows` do not know the option. A `value` of None is a NULL pointer of length 0.
/// EINVAL when the option cannot be set or the value is not of its kind; nothing has changed then.
pub fn set<O>(rows: &[Row<O>], owner: &mut O, id: i32, value: Option<&[u8]>) -> Option<Result<()>> {
    let row = rows.iter().find(|row| row.id == id)?;
    Some(row.set(owner, value))
}

/// Writes option `id` of `owner` into `buf` and returns the size of the value in bytes. None: `rows` do not know the
/// option. EINVAL when the option cannot be read or `buf` has not the size that its kind asks for.
pub fn get<O>(rows: &[Row<O>], owner: &mut O, id: i32, buf: &mut [u8]) -> Option<Result<usize>> {
    let row = rows.iter().find(|row| row.id == id)?;
    Some(row.get(owner, buf))
}

impl<O> Row<O> {
    fn set(&self, owner: &mut O, value: Option<&[u8]>) -> Result<()> {
        ensure(self.access != Access::ReadOnly)?;
        self.codec.set(owner, value)?;
        if let Some(hook) = self.hook {
            hook(owner);
        }
        Ok(())
    }

    fn get(&self, owner: &mut O, buf: &mut [u8]) -> Result<usize> {
        ensure(self.access != Access::WriteOnly)?;
        self.codec.get(owner, buf)
    }
}

impl<O> Codec<O> {
    fn set(&self, owner: &mut O, value: Option<&[u8]>) -> Result<()> {
        let bytes = value.unwrap_or_default();
        match self {
            Int(lens, range) => *lens(owner) = within(int(bytes)?, range)?,
            Strict(lens) => *lens(owner) = within(int(bytes)?, &(0..=1))? == 1,
            Natural(lens) => *lens(owner) = within(int(bytes)?, &NATURAL)? != 0,
            Relaxed(lens) => *lens(owner) = int(bytes)? != 0,
            Computed(_, set) | Order(set) => set(owner, int(bytes)?)?,
            Fact(_) => return Err(Error::EINVAL),
            U64(lens) => *lens(owner) = u64::from_ne_bytes(sized(bytes)?),
            I64(lens) => *lens(owner) = i64::from_ne_bytes(sized(bytes)?),
            Clearable(lens, _) if value.is_none() => lens(owner).clear(),
            Bytes(lens, range) | Text(lens, range) | Clearable(lens, range) => *lens(owner) = copy(bytes, range)?,
            SecretText(lens, range) => *lens(owner) = copy(bytes, range)?.into(),
            Credential(lens, given) => {
                if value.is_some() {
                    *lens(owner) = copy(bytes, &(1..=255))?.into();
                }
                given(owner, value.is_some());
            }
            Key(lens) => *lens(owner) = key(bytes)?,
            Raw(set) | Custom(set, _) => set(owner, value)?,
        }
        Ok(())
    }

    fn get(&self, owner: &mut O, buf: &mut [u8]) -> Result<usize> {
        match self {
            Int(lens, _) => put(&lens(owner).to_ne_bytes(), buf),
            Strict(lens) | Natural(lens) | Relaxed(lens) => put(&i32::from(*lens(owner)).to_ne_bytes(), buf),
            Computed(get, _) | Fact(get) => put(&get(owner).to_ne_bytes(), buf),
            U64(lens) => put(&lens(owner).to_ne_bytes(), buf),
            I64(lens) => put(&lens(owner).to_ne_bytes(), buf),
            Bytes(lens, _) => put_padded(lens(owner), 0, buf),
            Text(lens, _) | Clearable(lens, _) => put_padded(lens(owner), 1, buf),
            SecretText(lens, _) | Credential(lens, _) => put_padded(lens(owner), 1, buf),
            Key(lens) => put_key(lens(owner), buf),
            Custom(_, get) => get(owner, buf),
            Order(_) | Raw(_) => Err(Error::EINVAL),
        }
    }
}

fn ensure(condition: bool) -> Result<()> {
    condition.then_some(()).ok_or(Error::EINVAL)
}

fn sized<const N: usize>(bytes: &[u8]) -> Result<[u8; N]> {
    bytes.try_into().map_err(|_| Error::EINVAL)
}

/// The int in exactly four bytes; EINVAL for any other size.
pub fn int(bytes: &[u8]) -> Result<i32> {
    sized(bytes).map(i32::from_ne_bytes)
}

fn within(n: i32, range: &RangeInclusive<i32>) -> Result<i32> {
    ensure(range.contains(&n)).map(|()| n)
}

fn copy(bytes: &[u8], lengths: &RangeInclusive<usize>) -> Result<Vec<u8>> {
    ensure(lengths.contains(&bytes.len())).map(|()| bytes.to_vec())
}

fn key(bytes: &[u8]) -> Result<secret::Key> {
    let text = match bytes {
        [text @ .., 0] if text.len() == z85::KEY_CHARS => text,
        _ if bytes.len() == z85::KEY_CHARS => bytes,
        _ => return sized(bytes).map(Secret::from),
    };
    let decoded = z85::decode(text).ok_or(Error::EINVAL)?;
    sized(&decoded).map(Secret::from)
}

/// Fixed sizes: the buffer must have exactly the size of the value.
pub fn put(value: &[u8], buf: &mut [u8]) -> Result<usize> {
    ensure(buf.len() == value.len())?;
    buf.copy_from_slice(value);
    Ok(value.len())
}

/// Free sizes: value and `nuls` zero bytes must fit; what is left of the buffer is zeroed, as libzmq does.
pub fn put_padded(value: &[u8], nuls: usize, buf: &mut [u8]) -> Result<usize> {
    let size = value.len() + nuls;
    ensure(buf.len() >= size)?;
    let (head, rest) = buf.split_at_mut(value.len());
    head.copy_from_slice(value);
    rest.fill(0);
    Ok(size)
}

fn put_key(key: &secret::Key, buf: &mut [u8]) -> Result<usize> {
    if buf.len() == key.len() {
        return put(&key[..], buf);
    }
    ensure(buf.len() == z85::KEY_CHARS + 1)?;
    let text = z85::encode(&key[..]).ok_or(Error::EINVAL)?;
    put_padded(text.as_bytes(), 1, buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Owner {
        number: i32,
        flag: bool,
        text: Vec<u8>,
        hooks: i32,
    }

    const BOTH: i32 = 1;
    const READ: i32 = 2;
    const WRITE: i32 = 3;
    const FLAG: i32 = 4;
    const TEXT: i32 = 5;
    const FACT: i32 = 6;
    const ORDER: i32 = 7;

    static ROWS: &[Row<Owner>] = &[
        hooked(BOTH, Int(|o| &mut o.number, -5..=5), |o| o.hooks += 1),
        read_only(READ, Int(|o| &mut o.number, ANY)),
        write_hooked(WRITE, Int(|o| &mut o.number, ANY), |o| o.hooks += 1),
        row(FLAG, Natural(|o| &mut o.flag)),
        row(TEXT, Text(|o| &mut o.text, 0..=4)),
        read_only(FACT, Fact(|o| o.number * 2)),
        write_only(ORDER, Order(|o, n| within(n, &NATURAL).map(|n| o.number += n))),
    ];

    fn put_int(o: &mut Owner, id: i32, n: i32) -> Option<Result<()>> {
        set(ROWS, o, id, Some(&n.to_ne_bytes()))
    }

    fn number(o: &mut Owner, id: i32) -> Option<Result<i32>> {
        let mut buf = [0; 4];
        get(ROWS, o, id, &mut buf).map(|size| size.map(|_| i32::from_ne_bytes(buf)))
    }

    const REFUSED: Option<Result<()>> = Some(Err(Error::EINVAL));

    #[test]
    fn a_row_that_is_found_decides() {
        let o = &mut Owner::default();
        assert_eq!((put_int(o, 0, 1), number(o, 0)), (None, None));
        assert_eq!((put_int(o, BOTH, 6), put_int(o, BOTH, 5), number(o, BOTH)), (REFUSED, Some(Ok(())), Some(Ok(5))));
    }

    #[test]
    fn directions() {
        let o = &mut Owner { number: 3, ..Owner::default() };
        assert_eq!((put_int(o, READ, 1), number(o, READ)), (REFUSED, Some(Ok(3))));
        assert_eq!((put_int(o, FACT, 1), number(o, FACT)), (REFUSED, Some(Ok(6))));
        assert_eq!((put_int(o, WRITE, 9), number(o, WRITE)), (Some(Ok(())), Some(Err(Error::EINVAL))));
        assert_eq!((put_int(o, ORDER, 1), number(o, ORDER)), (Some(Ok(())), Some(Err(Error::EINVAL))));
        assert_eq!((put_int(o, ORDER, -1), o.number), (REFUSED, 10));
    }

    #[test]
    fn hooks_follow_success_alone() {
        let o = &mut Owner::default();
        for (id, n, hooks) in [(BOTH, 9, 0), (BOTH, 1, 1), (WRITE, 1, 2), (READ, 1, 2)] {
            let _ = put_int(o, id, n);
            assert_eq!(o.hooks, hooks);
        }
        assert_eq!((set(ROWS, o, WRITE, Some(b"123")), o.hooks), (REFUSED, 2));
    }

    #[test]
    fn natural_booleans() {
        let o = &mut Owner::default();
        for (n, result, flag) in [(7, Some(Ok(())), 1), (-1, REFUSED, 1), (0, Some(Ok(())), 0)] {
            assert_eq!((put_int(o, FLAG, n), number(o, FLAG)), (result, Some(Ok(flag))));
        }
    }

    #[test]
    fn null_is_empty_text_where_that_is_long_enough() {
        let o = &mut Owner { text: b"abc".to_vec(), ..Owner::default() };
        assert_eq!(set(ROWS, o, TEXT, Some(b"abcde")), REFUSED);
        let mut buf = [0xee; 6];
        assert_eq!((get(ROWS, o, TEXT, &mut buf), &buf), (Some(Ok(4)), b"abc\0\0\0"));
        assert_eq!((set(ROWS, o, TEXT, None), o.text.len()), (Some(Ok(())), 0));
    }
}
