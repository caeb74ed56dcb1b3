//! A file in the making, which gets its name when it is whole.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use super::flush_directory;

/// A file that is removed unless it gets its name; one that a kill leaves is the owner's of the directory to sweep.
#[derive(Debug)]
pub struct Draft {
    path: PathBuf,
    file: File,
    named: bool,
}

impl Draft {
    /// Creates it with this mode. What a killed command left at the path goes first.
    pub fn create(path: PathBuf, mode: u32) -> io::Result<Self> {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = File::options().write(true).create_new(true).mode(mode).open(&path)?;
        Ok(Self { path, file, named: false })
    }

    /// Where it stands until it gets its name.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Flushes the content, gives the file its name, replacing what bears it, and flushes the directory, in this order.
    pub fn name(mut self, path: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, path)?;
        self.named = true;
        path.parent().map_or(Ok(()), flush_directory)
    }

    /// As [`Self::name`], but a file that bears the name already stays, and the answer is false.
    pub fn name_first(self, path: &Path) -> io::Result<bool> {
        self.file.sync_all()?;
        match fs::hard_link(&self.path, path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(error) => Err(error),
            Ok(()) => path.parent().map_or(Ok(()), flush_directory).map(|()| true),
        }
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.named {
            // One that cannot be removed now is swept at the next start.
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn draft(dir: &Path, text: &str) -> Draft {
        let mut draft = Draft::create(dir.join("draft"), 0o600).unwrap();
        draft.write_all(text.as_bytes()).unwrap();
        draft
    }

    #[test]
    fn without_a_name_nothing_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let draft = draft(dir.path(), "a");
        assert_eq!(fs::metadata(draft.path()).unwrap().permissions().mode() & 0o777, 0o600);
        drop(draft);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_name_is_given_anew_or_only_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("named");
        let text = || fs::read_to_string(&path).unwrap();
        assert!(draft(dir.path(), "a").name_first(&path).unwrap());
        assert!(!draft(dir.path(), "b").name_first(&path).unwrap());
        assert_eq!(text(), "a");
        draft(dir.path(), "c").name(&path).unwrap();
        assert_eq!(text(), "c");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn what_a_kill_left_is_replaced() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("draft"), "left, and longer").unwrap();
        draft(dir.path(), "a").name(&dir.path().join("named")).unwrap();
        assert_eq!(fs::read_to_string(dir.path().join("named")).unwrap(), "a");
    }
}
