//! A server that says exactly what a script tells it, byte by byte, and remembers what it was asked.
//!
//! It understands nothing of HTTP but where the head of a request ends: everything else stands in the script.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::Duration,
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// One thing that a server does on a connection.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    Send(&'static str),
    Bytes(&'static [u8]),
    /// One byte after the other, slowly, until the client has gone.
    Drip,
    /// Nothing, until the client has gone.
    Hang,
    /// The connection ends in order.
    Close,
    /// The connection ends, and TLS is not told.
    Cut,
    /// The connection is torn down (RST).
    Reset,
}

/// What is done for one request.
pub type Script = Vec<Step>;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    pub path: String,
    /// Request line and headers.
    pub head: String,
    /// The how manieth for this path, from 1.
    pub number: usize,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
    }
}

type Answers = dyn Fn(&Request) -> Script + Send + Sync;

/// A server on this machine. Its threads end with their connections; the listener ends with the tests.
#[derive(Clone)]
pub struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    connections: Arc<Mutex<usize>>,
}

impl Server {
    /// Serves what the function gives for each request.
    pub fn start(answers: impl Fn(&Request) -> Script + Send + Sync + 'static) -> Self {
        Self::serve(None, Arc::new(answers))
    }

    /// The same behind TLS.
    pub fn start_tls(tls: ServerConfig, answers: impl Fn(&Request) -> Script + Send + Sync + 'static) -> Self {
        Self::serve(Some(Arc::new(tls)), Arc::new(answers))
    }

    /// Answers the first bytes of every connection with these, and waits for its end.
    pub fn start_raw(answer: &'static [u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let server = Self::listening(&listener);
        let shared = server.clone();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                *shared.connections.lock().expect("counted") += 1;
                has_gone(&mut stream);
                send(&mut stream, answer);
                while !has_gone(&mut stream) {}
            }
        });
        server
    }

    fn listening(listener: &TcpListener) -> Self {
        let address = listener.local_addr().expect("an address");
        Self { address, requests: Arc::default(), connections: Arc::default() }
    }

    fn serve(tls: Option<Arc<ServerConfig>>, answers: Arc<Answers>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let server = Self::listening(&listener);
        let shared = server.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                *shared.connections.lock().expect("counted") += 1;
                let (shared, answers, tls) = (shared.clone(), answers.clone(), tls.clone());
                std::thread::spawn(move || shared.speak(stream, tls, &*answers));
            }
        });
        server
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Every request so far, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("remembered").clone()
    }

    /// How often something was asked whose path ends so.
    pub fn asked(&self, end: &str) -> usize {
        self.requests().iter().filter(|request| request.path.ends_with(end)).count()
    }

    /// The same, once it is at least this often: a request that was given up may still be on its way.
    pub fn asked_at_least(&self, end: &str, least: usize) -> usize {
        let begun = std::time::Instant::now();
        while self.asked(end) < least && begun.elapsed() < Duration::from_secs(10) {
            std::thread::yield_now();
        }
        self.asked(end)
    }

    pub fn connections(&self) -> usize {
        *self.connections.lock().expect("counted")
    }

    fn speak(&self, stream: TcpStream, tls: Option<Arc<ServerConfig>>, answers: &Answers) {
        let socket = stream.try_clone().expect("a socket");
        let mut stream: Box<dyn Stream> = match tls {
            Some(tls) => Box::new(StreamOwned::new(ServerConnection::new(tls).expect("a TLS connection"), stream)),
            None => Box::new(stream),
        };
        while let Some(head) = read_head(&mut *stream) {
            let request = self.remember(head);
            for step in answers(&request) {
                if !perform(&mut *stream, &socket, step) {
                    return;
                }
            }
        }
        // What was said last, an alert perhaps, shall arrive before the connection is gone.
        let mut socket = socket;
        socket.end();
        while !has_gone(&mut socket) {}
    }

    fn remember(&self, head: String) -> Request {
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut requests = self.requests.lock().expect("remembered");
        let number = requests.iter().filter(|request| request.path == path).count() + 1;
        let request = Request { path, head, number };
        requests.push(request.clone());
        request
    }
}

trait Stream: Read + Write {
    /// Ends the sending side in order.
    fn end(&mut self);
}

impl Stream for TcpStream {
    fn end(&mut self) {
        let _ = self.shutdown(std::net::Shutdown::Write);
    }
}

impl Stream for StreamOwned<ServerConnection, TcpStream> {
    fn end(&mut self) {
        self.conn.send_close_notify();
        let _ = self.flush();
        self.sock.end();
    }
}

/// The head of the next request; none when the client has gone.
fn read_head(stream: &mut dyn Stream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    String::from_utf8(head).ok()
}

/// Does one step; false when the connection has ended.
fn perform(stream: &mut dyn Stream, socket: &TcpStream, step: Step) -> bool {
    match step {
        Step::Send(text) => send(stream, text.as_bytes()),
        Step::Bytes(bytes) => send(stream, bytes),
        Step::Drip => {
            socket.set_read_timeout(Some(Duration::from_millis(5))).expect("a limit");
            while !has_gone(stream) && send(stream, b"x") {}
            false
        }
        Step::Hang => {
            while !has_gone(stream) {}
            false
        }
        Step::Close => {
            stream.end();
            while !has_gone(stream) {}
            false
        }
        Step::Cut => {
            let mut socket = socket;
            let _ = socket.shutdown(std::net::Shutdown::Write);
            while matches!(socket.read(&mut [0; 1024]), Ok(1..)) {}
            false
        }
        Step::Reset => {
            let socket = tokio::net::TcpSocket::from_std_stream(socket.try_clone().expect("a socket"));
            socket.set_zero_linger().expect("a reset");
            false
        }
    }
}

fn send(stream: &mut dyn Stream, bytes: &[u8]) -> bool {
    stream.write_all(bytes).and_then(|()| stream.flush()).is_ok()
}

/// Waits for a word of the client, as long as the socket's limit says; true when it has gone.
fn has_gone(stream: &mut dyn Stream) -> bool {
    match stream.read(&mut [0; 1024]) {
        Ok(length) => length == 0,
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

pub fn not_found() -> Script {
    vec![Step::Send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")]
}
