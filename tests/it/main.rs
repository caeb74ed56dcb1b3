//! All integration tests in one binary, because each test binary links DataFusion anew.

mod bench;
mod cases;
mod marts;
mod night;
mod postgres;
mod warehouse;
