//! An office's server on loopback: it offers files as such servers do, with validators and `304`, and misbehaves where a script says so.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Result, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use sha2::{Digest, Sha256};

/// What was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    pub path: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
}

impl Asked {
    /// Whether it was asked for another version only.
    pub fn is_conditional(&self) -> bool {
        self.headers.contains_key("if-none-match") || self.headers.contains_key("if-modified-since")
    }
}

type Script = Arc<dyn Fn(&Asked, &mut TcpStream) -> Result<()> + Send + Sync>;

#[derive(Clone)]
enum Offer {
    File(Vec<u8>),
    Script(Script),
}

#[derive(Default)]
struct Shared {
    offers: Mutex<BTreeMap<String, Offer>>,
    asked: Mutex<Vec<Asked>>,
}

/// The server. It answers until the test's process ends.
#[derive(Clone)]
pub struct Office {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Office {
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let office = Self { address: listener.local_addr().expect("its address"), shared: Arc::default() };
        let shared = office.shared.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = shared.clone();
                // A client that goes away in the middle is its own affair.
                thread::spawn(move || drop(serve(&shared, stream)));
            }
        });
        office
    }

    /// The address of a folder.
    pub fn url(&self, folder: &str) -> String {
        format!("http://{}/{folder}", self.address)
    }

    /// Offers a file, with a strong `ETag` of its content.
    pub fn offer(&self, name: &str, content: impl Into<Vec<u8>>) {
        self.put(name, Offer::File(content.into()));
    }

    /// Answers as the script says: it writes the whole answer, word for word.
    pub fn script(&self, name: &str, script: impl Fn(&Asked, &mut TcpStream) -> Result<()> + Send + Sync + 'static) {
        self.put(name, Offer::Script(Arc::new(script)));
    }

    /// Answers with these bytes.
    pub fn answer(&self, name: &str, answer: impl Into<Vec<u8>>) {
        let answer = answer.into();
        self.script(name, move |_, stream| stream.write_all(&answer));
    }

    pub fn withdraw(&self, name: &str) {
        self.shared.offers.lock().expect("offers").remove(&format!("/{name}"));
    }

    fn put(&self, name: &str, offer: Offer) {
        self.shared.offers.lock().expect("offers").insert(format!("/{name}"), offer);
    }

    /// What was asked since the last call, side files apart.
    pub fn asked(&self) -> Vec<Asked> {
        let asked = std::mem::take(&mut *self.shared.asked.lock().expect("what was asked"));
        asked.into_iter().filter(|asked| !asked.path.ends_with(".sha256")).collect()
    }
}

/// The head of an answer and its body, with the length that is said.
pub fn whole(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn serve(shared: &Shared, mut stream: TcpStream) -> Result<()> {
    let Some(asked) = read(&stream)? else { return Ok(()) };
    shared.asked.lock().expect("what was asked").push(asked.clone());
    let path = asked.path.split('?').next().unwrap_or_default();
    let offer = shared.offers.lock().expect("offers").get(path).cloned();
    match offer {
        Some(Offer::Script(script)) => script(&asked, &mut stream),
        Some(Offer::File(content)) => stream.write_all(&file(&asked, &content)),
        None => stream.write_all(&whole("404 Not Found", "", b"")),
    }
}

fn file(asked: &Asked, content: &[u8]) -> Vec<u8> {
    let etag = format!("\"{}\"", hex::encode(&Sha256::digest(content)[..8]));
    let headers = format!("ETag: {etag}\r\n");
    if asked.headers.get("if-none-match") == Some(&etag) {
        return format!("HTTP/1.1 304 Not Modified\r\n{headers}Connection: close\r\n\r\n").into_bytes();
    }
    whole("200 OK", &headers, content)
}

fn read(stream: &TcpStream) -> Result<Option<Asked>> {
    let mut lines = BufReader::new(stream.take(64 * 1024)).lines();
    let Some(first) = lines.next().transpose()? else { return Ok(None) };
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = BTreeMap::new();
    for line in lines {
        let line = line?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    Ok(Some(Asked { path, headers }))
}
