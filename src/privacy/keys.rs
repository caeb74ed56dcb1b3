//! Secrets, and the two keys: the pseudonym key (64 hexadecimal digits) and the landing key (an age identity).
//!
//! In: `[secrets]` of the settings. Out: the keys, ready for use. A key file that others can read is refused; with
//! `generate = true` a missing key is made in `data_dir/keys`, and the caller is told so. No key enters an error.

use std::{
    env,
    ffi::OsString,
    fmt::Display,
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use age::{secrecy::ExposeSecret, x25519::Identity};

use super::Pseudonyms;
use crate::{
    disk::{self, Draft},
    error::{Error, Result, codes},
    settings::{Secret, SecretSource, Settings},
};

const PSEUDONYM_KEY: &str = "secrets.pseudonym_key";
const LANDING_KEY: &str = "secrets.landing_key";
/// Names of the keys made in `data_dir/keys`.
const PSEUDONYM_FILE: &str = "pseudonym.key";
const LANDING_FILE: &str = "landing.key";

/// A key, and whether it was made by this call (the caller says so to the user).
#[derive(Clone)]
pub struct Key<T> {
    pub value: T,
    pub generated: bool,
}

/// The key of all pseudonyms.
pub fn pseudonyms(settings: &Settings) -> Result<Key<Pseudonyms>> {
    let text = find(settings, settings.secrets.pseudonym_key.as_ref(), PSEUDONYM_KEY, PSEUDONYM_FILE, || {
        Secret::new(hex::encode(rand::random::<[u8; 32]>()))
    })?;
    Ok(Key { value: pseudonym_key(&text.value)?, generated: text.generated })
}

fn pseudonym_key(text: &Secret) -> Result<Pseudonyms> {
    let mut key = [0; 32];
    hex::decode_to_slice(text.expose().trim(), &mut key)
        .map_err(|_| bad("the pseudonym key is not 64 hexadecimal digits", PSEUDONYM_KEY))?;
    Ok(Pseudonyms::new(key))
}

/// The age identity that the landing is encrypted to and opened with.
pub fn landing_identity(settings: &Settings) -> Result<Key<Identity>> {
    let text = find(settings, settings.secrets.landing_key.as_ref(), LANDING_KEY, LANDING_FILE, || {
        Secret::new(Identity::generate().to_string().expose_secret())
    })?;
    Ok(Key { value: landing_key(&text.value)?, generated: text.generated })
}

fn landing_key(text: &Secret) -> Result<Identity> {
    // An identity file as `age-keygen` writes it has comment lines.
    let identity = text.expose().lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    identity
        .and_then(|line| line.parse().ok())
        .ok_or_else(|| bad("the landing key is not an age identity (AGE-SECRET-KEY-1…)", LANDING_KEY))
}

/// Whether both keys could be used, making none: true where both are there, false where one would be made.
pub fn examine(settings: &Settings) -> Result<bool> {
    let secrets = &settings.secrets;
    let pseudonym = existing(settings, secrets.pseudonym_key.as_ref(), PSEUDONYM_KEY, PSEUDONYM_FILE)?;
    let landing = existing(settings, secrets.landing_key.as_ref(), LANDING_KEY, LANDING_FILE)?;
    if let Some(text) = &pseudonym {
        pseudonym_key(text)?;
    }
    if let Some(text) = &landing {
        landing_key(text)?;
    }
    Ok(pseudonym.is_some() && landing.is_some())
}

/// A secret's text; none where it would be made.
fn existing(settings: &Settings, source: Option<&SecretSource>, name: &str, file: &str) -> Result<Option<Secret>> {
    if is_to_be_made(settings, source) {
        let path = settings.paths.data_dir.join("keys").join(file);
        return if path.exists() { read_file(&path).map(Some) } else { Ok(None) };
    }
    let source = source.ok_or_else(|| bad("not set", name))?;
    read(source, name, &|variable| env::var_os(variable)).map(Some)
}

/// A key that is not there is made in the data directory, where that is allowed.
fn is_to_be_made(settings: &Settings, source: Option<&SecretSource>) -> bool {
    let missing = match source {
        None => true,
        Some(SecretSource::File(path)) => !path.exists(),
        Some(_) => false,
    };
    missing && settings.secrets.generate
}

fn bad(detail: impl Display, place: impl Display) -> Error {
    Error::new(&codes::settings::BAD_SECRET).detail(detail).at(place)
}

/// The text of a secret that a setting names, without the line break that ends a file; `name` is the setting's.
///
/// # Errors
/// `CONF-005` when it is not there, others can read its file, or it is empty.
pub fn secret(source: &SecretSource, name: &str) -> Result<Secret> {
    let text = read(source, name, &|variable| env::var_os(variable))?;
    let plain = text.expose().trim_end_matches(['\r', '\n']);
    if plain.is_empty() { Err(bad("it is empty", name)) } else { Ok(Secret::new(plain)) }
}

/// The text of a secret from its source; made in the data directory where it is missing and that is allowed.
fn find(
    settings: &Settings,
    source: Option<&SecretSource>,
    name: &str,
    file: &str,
    make: impl FnOnce() -> Secret,
) -> Result<Key<Secret>> {
    if is_to_be_made(settings, source) {
        return generated(&settings.paths.data_dir.join("keys"), file, make);
    }
    let source = source.ok_or_else(|| bad("not set", name))?;
    Ok(Key { value: read(source, name, &|variable| env::var_os(variable))?, generated: false })
}

fn read(source: &SecretSource, name: &str, variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Secret> {
    match source {
        SecretSource::File(path) => read_file(path),
        SecretSource::Env(env_name) => variable(env_name)
            .and_then(|value| value.into_string().ok())
            .map(Secret::new)
            .ok_or_else(|| bad(format_args!("environment variable {env_name} is not set"), name)),
        SecretSource::Credential(credential) => {
            let directory = variable("CREDENTIALS_DIRECTORY").ok_or_else(|| {
                bad("CREDENTIALS_DIRECTORY is not set: not started by systemd with LoadCredential", name)
            })?;
            if credential.contains('/') {
                return Err(bad("the name of a credential has no slash", name));
            }
            // systemd guards this directory itself; its modes depend on the unit's user.
            text_of(&PathBuf::from(directory).join(credential))
        }
    }
}

fn read_file(path: &Path) -> Result<Secret> {
    let mode = fs::metadata(path).map_err(|_| bad("file not found", path.display()))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(bad(format_args!("file mode {:04o} lets others read it", mode & 0o7777), path.display()));
    }
    text_of(path)
}

fn text_of(path: &Path) -> Result<Secret> {
    fs::read_to_string(path).map(Secret::new).map_err(|_| bad("file cannot be read", path.display()))
}

/// Reads the key made earlier, or makes it: written whole beside its place, then linked into it, so that a kill leaves
/// no half key and of two makers one wins.
fn generated(directory: &Path, file: &str, make: impl FnOnce() -> Secret) -> Result<Key<Secret>> {
    let path = directory.join(file);
    if path.exists() {
        return Ok(Key { value: read_file(&path)?, generated: false });
    }
    let is_new = write_new(directory, &path, &make())
        .map_err(|error| bad(format_args!("key cannot be made ({})", error.kind()), path.display()))?;
    Ok(Key { value: read_file(&path)?, generated: is_new })
}

fn write_new(directory: &Path, path: &Path, secret: &Secret) -> std::io::Result<bool> {
    disk::private_directory(directory)?;
    let mut draft = Draft::create(directory.join(format!(".{:016x}", rand::random::<u64>())), 0o600)?;
    writeln!(draft, "{}", secret.expose())?;
    draft.name_first(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Settings over a directory of their own, with these `[secrets]`.
    fn settings(directory: &Path, secrets: &str) -> Settings {
        let mut settings = Settings::load(None, std::iter::empty()).unwrap();
        settings.paths.data_dir = directory.join("data");
        settings.secrets = toml::from_str(secrets).unwrap();
        settings
    }

    fn key_file(directory: &Path, mode: u32, text: &str) -> PathBuf {
        let path = directory.join("key");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    fn of_file(directory: &Path, path: &Path) -> Result<Key<Pseudonyms>> {
        pseudonyms(&settings(directory, &format!("pseudonym_key = {{ file = {path:?} }}")))
    }

    #[test]
    fn a_key_file_is_read_when_nobody_else_can() {
        let directory = tempfile::tempdir().unwrap();
        let hexadecimal = "0f".repeat(32);
        for mode in [0o600, 0o400] {
            let key =
                of_file(directory.path(), &key_file(directory.path(), mode, &format!("{hexadecimal}\n"))).unwrap();
            assert!(!key.generated);
            let scope = crate::pipeline::Scope::Child;
            assert_eq!(key.value.of(scope, "A"), Pseudonyms::new([15; 32]).of(scope, "A"));
            fs::remove_file(directory.path().join("key")).unwrap();
        }
        for mode in [0o640, 0o604, 0o666] {
            let error = of_file(directory.path(), &key_file(directory.path(), mode, &hexadecimal)).err().unwrap();
            assert_eq!(error.code().id, "CONF-005");
            assert!(
                error.detail_text().contains("lets others read it") && !format!("{error:?}").contains(&hexadecimal)
            );
        }
    }

    #[test]
    fn what_is_no_key_is_refused_without_showing_it() {
        let directory = tempfile::tempdir().unwrap();
        for text in ["", "0f0f", &"zz".repeat(32), &"0f".repeat(33)] {
            let error = of_file(directory.path(), &key_file(directory.path(), 0o600, text)).err().unwrap();
            assert_eq!(error.code().id, "CONF-005");
            assert!(text.is_empty() || !format!("{error} {error:?}").contains(text));
        }
        let missing = of_file(directory.path(), &directory.path().join("none")).err().unwrap();
        assert_eq!(missing.detail_text(), "file not found");
        assert_eq!(pseudonyms(&settings(directory.path(), "")).err().unwrap().detail_text(), "not set");
    }

    #[test]
    fn an_age_identity_file_may_have_comments() {
        let directory = tempfile::tempdir().unwrap();
        let identity = Identity::generate();
        let text = format!("# public key: {}\n{}\n", identity.to_public(), identity.to_string().expose_secret());
        let path = key_file(directory.path(), 0o600, &text);
        let key =
            landing_identity(&settings(directory.path(), &format!("landing_key = {{ file = {path:?} }}"))).unwrap();
        assert_eq!(key.value.to_public().to_string(), identity.to_public().to_string());
    }

    #[test]
    fn missing_keys_are_made_once_and_said_to_be() {
        let directory = tempfile::tempdir().unwrap();
        let settings = settings(directory.path(), "generate = true\npseudonym_key = { file = \"/nonexistent/key\" }");
        assert!(pseudonyms(&settings).unwrap().generated && landing_identity(&settings).unwrap().generated);
        assert!(!pseudonyms(&settings).unwrap().generated && !landing_identity(&settings).unwrap().generated);
        let keys = directory.path().join("data/keys");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode(&keys), mode(&keys.join("pseudonym.key")), mode(&keys.join("landing.key"))),
            (0o700, 0o600, 0o600)
        );
        assert_eq!(fs::read_dir(&keys).unwrap().count(), 2, "no draft is left");
    }

    #[test]
    fn the_environment_and_credentials_are_sources() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("pseudonym"), "from systemd").unwrap();
        let variables = |name: &str| match name {
            "BUSS_KEY" => Some(OsString::from("from the environment")),
            "CREDENTIALS_DIRECTORY" => Some(directory.path().as_os_str().to_owned()),
            _ => None,
        };
        let text =
            |source: SecretSource| read(&source, "secrets.x", &variables).map(|secret| secret.expose().to_owned());
        assert_eq!(text(SecretSource::Env("BUSS_KEY".to_owned())).unwrap(), "from the environment");
        assert_eq!(text(SecretSource::Credential("pseudonym".to_owned())).unwrap(), "from systemd");
        assert!(text(SecretSource::Env("OTHER".to_owned())).is_err());
        assert!(text(SecretSource::Credential("../pseudonym".to_owned())).is_err());
    }
}
