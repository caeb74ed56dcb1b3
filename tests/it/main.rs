//! All integration tests in one binary, because each test binary links DataFusion anew.

mod cases;
mod postgres;
mod warehouse;
