//! The reading process as seen from outside: how it is started, waited for and ended.
//!
//! In: the landed file. Out: its frames as a stream. The plain bytes go through an anonymous file in memory, never through the
//! disk; the environment, and with it every secret, stays here. Whatever the process dies of becomes the code of a refusal.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    os::unix::process::{CommandExt, ExitStatusExt},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, sync_channel},
    thread,
    time::{Duration, Instant},
};

use rustix::fs::{MemfdFlags, memfd_create};

use super::child::Request;
use crate::error::{Code, Error, Result, codes};

/// First argument of the process; the request is the second.
pub(in crate::parse) const COMMAND: &str = "read-workbook";
/// Most bytes of a workbook as delivered.
const MOST_BYTES: u64 = 64 << 20;
/// Time waited for the process, over all frames; what is done with a row meanwhile does not count. The process bounds its own
/// computing far below; this is for one that neither computes nor speaks, and allows for a machine with much else to do.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes read from the process at once, and how many such pieces wait at most.
const CHUNK: usize = 64 * 1024;
const CHUNKS_AHEAD: usize = 4;

/// The program that runs now, even when its file has been replaced.
const MYSELF: &str = "/proc/self/exe";

pub(super) struct Reading {
    child: Child,
    chunks: Receiver<Vec<u8>>,
    chunk: Vec<u8>,
    used: usize,
    patience: Duration,
    /// It said all it had to say.
    at_end: bool,
    /// It was ended because it took too long.
    out_of_patience: bool,
}

impl Reading {
    /// Starts reading. `program` is this program, where it is not the one that runs.
    pub fn start(program: Option<&Path>, request: &Request, file: impl Read, patience: Duration) -> Result<Self> {
        let unstarted = |_| Error::new(&codes::parse::XLSX_READER);
        let request = serde_json::to_string(request).map_err(|_| Error::new(&codes::parse::XLSX_READER))?;
        let mut child = Command::new(program.unwrap_or(Path::new(MYSELF)))
            .args([COMMAND, &request])
            .env_clear()
            .current_dir("/")
            // A signal from the terminal is meant for the run; it must not look like a fault of the workbook.
            .process_group(0)
            .stdin(in_memory(file)?)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(unstarted)?;
        let mut output = child.stdout.take().ok_or_else(|| Error::new(&codes::parse::XLSX_READER))?;
        let (send, chunks) = sync_channel(CHUNKS_AHEAD);
        thread::spawn(move || {
            loop {
                let mut chunk = vec![0; CHUNK];
                // Ends with the process, or when nobody waits any more.
                match output.read(&mut chunk) {
                    Ok(read) if read > 0 => chunk.truncate(read),
                    _ => return,
                }
                if send.send(chunk).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, chunks, chunk: Vec::new(), used: 0, patience, at_end: false, out_of_patience: false })
    }

    /// Why the stream broke off. `ready` when the process had begun to read.
    pub fn verdict(mut self, ready: bool) -> Error {
        if self.out_of_patience {
            return Error::new(&codes::parse::XLSX_TOO_SLOW).detail(format!("{} seconds", PATIENCE.as_secs()));
        }
        if !self.at_end {
            return Error::new(&codes::parse::XLSX_READER_DIED).detail("what it says cannot be read");
        }
        let died_of = self.child.wait().ok().and_then(|status| status.signal());
        let code: &'static Code = match died_of {
            _ if !ready => &codes::parse::XLSX_READER,
            Some(libc::SIGABRT) => &codes::parse::XLSX_TOO_LARGE,
            Some(libc::SIGXCPU) => &codes::parse::XLSX_TOO_SLOW,
            _ => &codes::parse::XLSX_READER_DIED,
        };
        Error::new(code).detail(died_of.map_or_else(String::new, |signal| format!("ended by signal {signal}")))
    }
}

impl Drop for Reading {
    /// A process that has ended takes no harm; one that has not has nothing more to say.
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Read for Reading {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.used == self.chunk.len() {
            let began = Instant::now();
            let received = self.chunks.recv_timeout(self.patience);
            self.patience = self.patience.saturating_sub(began.elapsed());
            match received {
                Ok(chunk) => (self.chunk, self.used) = (chunk, 0),
                Err(RecvTimeoutError::Disconnected) => {
                    self.at_end = true;
                    return Ok(0);
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.out_of_patience = true;
                    self.child.kill()?;
                    return Err(io::ErrorKind::TimedOut.into());
                }
            }
        }
        let length = into.len().min(self.chunk.len() - self.used);
        into[..length].copy_from_slice(&self.chunk[self.used..self.used + length]);
        self.used += length;
        Ok(length)
    }
}

/// The file's bytes in an anonymous file, from the first.
fn in_memory(file: impl Read) -> Result<File> {
    let unwritten = |_| Error::new(&codes::parse::XLSX_READER).detail("no memory for the file");
    let created = memfd_create("workbook", MemfdFlags::CLOEXEC).map_err(io::Error::from);
    let mut memory = File::from(created.map_err(unwritten)?);
    let mut file = file.take(MOST_BYTES + 1);
    let mut chunk = vec![0; CHUNK];
    let mut bytes = 0;
    loop {
        let read = match file.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return Err(Error::new(&codes::parse::LANDING_READ)),
        };
        io::Write::write_all(&mut memory, &chunk[..read]).map_err(unwritten)?;
        bytes += read as u64;
    }
    if bytes > MOST_BYTES {
        return Err(Error::new(&codes::parse::XLSX_TOO_LARGE).detail(format!("more than {MOST_BYTES} bytes")));
    }
    memory.seek(SeekFrom::Start(0)).map_err(unwritten)?;
    Ok(memory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_gets_no_environment_and_is_ended_when_patience_is() {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/xlsx/tells_its_environment_and_waits.sh");
        let request = Request { sheet: None, header_rows: 1, fields: Vec::new() };
        let started = Reading::start(Some(&program), &request, &b"PK"[..], Duration::from_mins(1));
        let mut reading = started.expect("it starts");
        let mut said = [0; 4096];
        let length = reading.read(&mut said).expect("it speaks");
        let said = String::from_utf8_lossy(&said[..length]);
        assert!(said.contains("PWD=/") && !said.contains("CARGO"), "{said}");
        reading.patience = Duration::ZERO;
        assert!(reading.read(&mut [0; 1]).is_err(), "it is silent now");
        assert_eq!(reading.child.wait().expect("it ended").signal(), Some(libc::SIGKILL));
        assert_eq!(reading.verdict(true).code().id, "PARS-305");
    }

    #[test]
    fn a_process_that_says_nothing_at_all_is_no_fault_of_the_file() {
        let request = Request { sheet: None, header_rows: 1, fields: Vec::new() };
        let started = Reading::start(Some(Path::new("/bin/true")), &request, &b"PK"[..], Duration::from_mins(1));
        let mut reading = started.expect("it starts");
        assert_eq!(reading.read(&mut [0; 1]).expect("its end"), 0);
        assert_eq!(reading.verdict(false).code().id, "PARS-306");
        let none = Reading::start(Some(Path::new("/nowhere")), &request, &b"PK"[..], Duration::from_mins(1));
        assert_eq!(none.err().map(|error| error.code().id), Some("PARS-306"));
    }
}
