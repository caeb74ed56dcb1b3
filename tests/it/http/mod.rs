//! Pulling over HTTP(S) from servers that behave as servers do.

mod addresses;
mod behaviours;
mod secrets;
pub mod server;
mod tls;
mod versions;

use std::{
    fs,
    io::Write,
    sync::{Arc, LazyLock},
};

use buss::{
    extract::http::{Known, Names, Pulled, Puller, System},
    extract::{self, Resource},
    model::Period,
    pipeline::{Declarations, Proof},
    settings::Settings,
};
use server::Server;

/// A small file of the contract.
pub const ROWS: &str = "Stadsdel;Inkom\r\n24;2007-01-02\r\n";
const RESOURCE: &str = "anmalningar_2007.csv";
const SIDE_FILE: &str = "anmalningar_2007.csv.sha256";

static DECLARATIONS: LazyLock<Declarations> = LazyLock::new(|| {
    let settings = Settings::load(None, std::iter::empty()).expect("the defaults");
    Declarations::load(&settings).expect("the embedded declarations")
});

/// One deliverer at an address, with limits that no slow machine meets unless a test sets them.
struct Office {
    base_url: String,
    http: String,
    limits: String,
    names: Arc<dyn Names>,
    proof: Proof,
    known: Option<Known>,
}

/// What came of a pull, in words that a test can name.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    Whole(String),
    Unproven(String, &'static str),
    NotModified,
    Missing,
    Problem(&'static str),
}

impl Office {
    fn at(base_url: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            http: String::new(),
            limits: String::new(),
            names: Arc::new(System),
            proof: Proof::Optional,
            known: None,
        }
    }

    fn of(server: &Server) -> Self {
        Self::at(format!("http://127.0.0.1:{}/24", server.port()))
    }

    /// More lines of the deliverer.
    fn http(mut self, lines: impl Into<String>) -> Self {
        self.http = lines.into();
        self
    }

    /// Lines of `[http]` that differ.
    fn limits(mut self, lines: &str) -> Self {
        lines.clone_into(&mut self.limits);
        self
    }

    fn settings(&self) -> buss::Result<Settings> {
        let mut limits = toml::Table::from_iter(
            [
                ("connect_seconds", 60),
                ("read_seconds", 60),
                ("total_seconds", 120),
                ("retries", 2),
                ("retry_seconds", 0),
            ]
            .map(|(key, value)| (key.to_owned(), toml::Value::Integer(value))),
        );
        limits.extend(self.limits.parse::<toml::Table>().expect("limits are TOML"));
        let text = format!(
            "[http]\n{limits}\n[[deliverers]]\ncode = \"24\"\nname = \"Skärholmen\"\nkind = \"district\"\nbase_url = {}\n{}\n",
            toml::Value::String(self.base_url.clone()),
            self.http
        );
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("buss.toml");
        fs::write(&path, text).expect("a file");
        Settings::load(Some(&path), std::iter::empty())
    }

    fn resource(&self, settings: &Settings) -> Resource {
        let pipeline = DECLARATIONS.pipeline("anmalningar").expect("a dataset");
        let resource = extract::resource(&settings.deliverers[0], pipeline, &Period::from(2007));
        Resource { proof: self.proof, max_bytes: 4 << 20, ..resource }
    }

    /// Pulls, and hands everything back.
    fn pulled(&self) -> Pulled<Vec<u8>> {
        let settings = self.settings().expect("the settings are valid");
        let puller = Puller::with_names(&settings, self.names.clone()).expect("the secrets are there");
        let resource = self.resource(&settings);
        let mut draft = || Ok(Vec::new());
        let pull = puller.pull(&settings.deliverers[0], &resource, self.known.as_ref(), &mut draft);
        runtime().block_on(pull)
    }

    fn pull(&self) -> Came {
        match self.pulled() {
            Pulled::Whole(fetched) => Came::Whole(text(&fetched.draft)),
            Pulled::Unproven(fetched, error) => Came::Unproven(text(&fetched.draft), error.code().id),
            Pulled::NotModified => Came::NotModified,
            Pulled::Missing => Came::Missing,
            Pulled::Problem(error) => Came::Problem(error.code().id),
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn text(bytes: &[u8]) -> String {
    // What is compared is short; a long one would fill the screen where a test fails.
    String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).into_owned()
}

fn rows() -> Came {
    Came::Whole(ROWS.into())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(bytes))
}
