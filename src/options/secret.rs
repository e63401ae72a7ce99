//! Values that must not outlive their use: passwords and secret keys. A [`Secret`] is wiped when it goes or is replaced,
//! and says nothing in Debug. The options keep them; the security mechanisms read them.

use std::fmt;
use std::ops::{Deref, DerefMut};

use zeroize::Zeroize;

/// A value that is overwritten with zeros on drop and not shown by Debug.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret<T: Zeroize>(T);

/// A CURVE key, public or secret: both are handled alike.
pub type Key = Secret<[u8; 32]>;

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Zeroize> Deref for Secret<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> DerefMut for Secret<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::from(b"hunter2".to_vec())), "Secret");
    }
}
