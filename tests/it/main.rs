//! All integration tests in one binary, because each test binary links DataFusion anew.

mod cases;
mod marts;
mod postgres;
mod warehouse;
