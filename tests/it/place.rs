//! A data directory with the embedded cluster, and the built program over it as an operator runs it.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::OnceLock,
};

use buss::{
    publish::{self, Set},
    settings::Settings,
};

use crate::postgres::open_dir;

/// One file of a night: its name below the extracts, and its content.
pub type Extract = (&'static str, String);

/// Skärholmen and the city, one year of each dataset.
const CONFIG: &str = r#"
[coverage]
utredningar = "none"
insatser = "none"
personal = "none"
anmalningar = "2007..2007"
befolkning = "2007..2007"
ekonomi = "2007..2007"
granskning = "2022..2022"
"#;

const GROUND: &str = r#"
[paths]
data_dir = "{dir}/var"
[secrets]
generate = true
pseudonym_key = { file = "{dir}/pseudonym.key" }
[[deliverers]]
code = "24"
name = "Skärholmen"
kind = "district"
base_url = "{base}/24"
sie.activity_dimension = 20
{keys}
[[deliverers]]
code = "stad"
name = "Stockholms stad"
kind = "central"
base_url = "{base}/stad"
{keys}
"#;

/// What a night came to, whatever happened on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Result {
    /// `doctor --content-hash`, table by table.
    pub content: serde_json::Value,
    pub landed: Vec<String>,
    pub snapshots: usize,
}

impl Result {
    /// Where two differ, by table.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let tables = |result: &Self| result.content.as_object().expect("hashes").clone();
        let (mine, others) = (tables(self), tables(other));
        let names: BTreeSet<&String> = mine.keys().chain(others.keys()).collect();
        let mut found: Vec<String> =
            names.into_iter().filter(|name| mine.get(*name) != others.get(*name)).cloned().collect();
        if (&self.landed, self.snapshots) != (&other.landed, other.snapshots) {
            found.push(format!("{self:?} and {other:?}"));
        }
        found
    }
}

/// Where a run is struck: before its n-th call that others can see.
#[derive(Debug, Clone, Copy)]
pub struct Strike {
    pub call: u64,
    pub signal: &'static str,
}

impl Strike {
    pub fn kill(call: u64) -> Self {
        Self { call, signal: "9" }
    }
}

pub struct Place {
    pub dir: tempfile::TempDir,
    pub settings: Settings,
}

impl Place {
    pub fn new() -> Self {
        Self::with(CONFIG)
    }

    /// `config` says more of the settings: coverage, limits.
    pub fn with(config: &str) -> Self {
        Self::at(config, "file://{dir}/extracts", "")
    }

    /// Deliverers whose folders are below `base`, each with these `keys` more.
    pub fn at(config: &str, base: &str, keys: &str) -> Self {
        let dir = open_dir();
        let key = dir.path().join("pseudonym.key");
        fs::write(&key, "0f".repeat(32)).expect("a key");
        fs::set_permissions(&key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("a private key");
        let path = dir.path().join("buss.toml");
        let ground = GROUND.replace("{base}", base).replace("{keys}", keys);
        let text = format!("{config}{}", ground.replace("{dir}", &dir.path().display().to_string()));
        fs::write(&path, text).expect("a file");
        let settings = Settings::load(Some(&path), std::iter::empty()).expect("settings");
        Self { dir, settings }
    }

    pub fn data(&self) -> PathBuf {
        self.dir.path().join("var")
    }

    pub fn extracts(&self, extracts: &[Extract]) {
        for (name, content) in extracts {
            let path = self.dir.path().join("extracts").join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a directory");
            fs::write(path, content).expect("a file");
        }
    }

    /// The program with these arguments, struck where that is asked for.
    pub fn command(&self, args: &[&str], strike: Option<Strike>) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_buss"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BUSS_")) {
            command.env_remove(name);
        }
        command.arg("--config").arg(self.dir.path().join("buss.toml")).args(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(strike) = strike {
            command.env("LD_PRELOAD", preloaded()).env("BUSS_TEST_COUNT", self.dir.path().join("calls"));
            command.env("BUSS_TEST_AT", strike.call.to_string()).env("BUSS_TEST_SIGNAL", strike.signal);
        }
        command
    }

    pub fn buss(&self, args: &[&str], strike: Option<Strike>) -> Output {
        self.command(args, strike).output().expect("the program starts")
    }

    /// A run that nothing disturbs; gives how many calls it made.
    pub fn count_calls(&self) -> u64 {
        Self::done(&self.buss(&["run"], Some(Strike::kill(u64::MAX >> 1))));
        fs::read_to_string(self.dir.path().join("calls")).expect("a count").parse().expect("a number")
    }

    /// True when the strike killed the run; one that comes after the run's last call does not.
    pub fn killed(&self, strike: Strike) -> bool {
        let output = self.buss(&["run"], Some(strike));
        if output.status.signal() == Some(9) {
            return true;
        }
        Self::done(&output);
        false
    }

    /// A plain run, to its end.
    pub fn run(&self) {
        Self::done(&self.buss(&["run"], None));
    }

    /// 0, or 3 where rows were quarantined by this very run and not by one before it.
    #[track_caller]
    fn done(output: &Output) {
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 3)), "{} {told}", output.status);
        assert_eq!(told, "");
    }

    fn published(&self) -> publish::Place {
        publish::Place { snapshots: self.settings.paths.snapshots(), slices: self.settings.paths.slices() }
    }

    /// Whatever `CURRENT` names can be read to its last byte.
    #[track_caller]
    pub fn current_is_whole(&self) {
        let place = self.published();
        for name in Set::ALL.iter().filter_map(|&set| place.current(set)) {
            publish::verify(&place, Some(&name)).expect("a whole snapshot");
        }
    }

    /// What there is after a run, which must have left nothing half-made.
    #[track_caller]
    pub fn result(&self) -> Result {
        let place = self.published();
        publish::verify(&place, None).expect("a whole snapshot");
        assert_eq!(place.current(Set::Mart), place.current(Set::Core));
        let files = self.files();
        let half_made = ["spool/", "landing/partial/", ".unfinished-", ".tmp-", ".next", "init-"];
        let left: Vec<_> = files.iter().filter(|file| half_made.iter().any(|mark| file.contains(mark))).collect();
        assert!(left.is_empty(), "{left:?}");
        let under = |top: &str| files.iter().filter(|file| file.starts_with(top)).cloned().collect::<Vec<_>>();
        Result {
            content: self.content(),
            landed: under("landing/"),
            snapshots: files.iter().filter(|file| file.ends_with("/manifest.json")).count(),
        }
    }

    /// What `doctor --content-hash` says.
    pub fn content(&self) -> serde_json::Value {
        let doctor = self.buss(&["doctor", "--content-hash", "--output", "json"], None);
        serde_json::from_slice(&doctor.stdout).expect("hashes")
    }

    /// Files of slice versions; those that a run replaced go when the next one starts.
    pub fn slice_files(&self) -> usize {
        self.files().iter().filter(|file| file.starts_with("slices/")).count()
    }

    /// Files of the data directory but the cluster's own data, by their names below it.
    pub fn files(&self) -> Vec<String> {
        let data = self.data();
        let ours = |entry: &walkdir::DirEntry| entry.path() != data.join("postgresql/data");
        let walk = walkdir::WalkDir::new(&data).sort_by_file_name().into_iter().filter_entry(ours);
        let files = walk.map(|entry| entry.expect("an entry")).filter(|entry| !entry.file_type().is_dir());
        files.map(|file| file.path().strip_prefix(&data).expect("below it").display().to_string()).collect()
    }

    /// The process of the running server.
    pub fn server(&self) -> String {
        let mark = fs::read_to_string(self.data().join("postgresql/data/postmaster.pid")).expect("a running server");
        mark.lines().next().expect("a number").trim().to_owned()
    }
}

/// The library that strikes, built once by the compiler that links Rust programs.
fn preloaded() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/crash/kill_at.c");
        let library = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("kill_at-{}.so", std::process::id()));
        let mut cc = Command::new("cc");
        cc.args(["-shared", "-fPIC", "-O1", "-Wall", "-o"]).arg(&library).arg(source).arg("-ldl");
        assert!(cc.status().expect("a C compiler").success());
        library
    })
}
