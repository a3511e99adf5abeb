//! How AWS structures (declarations and policy documents) are read from JSON and written as JSON.
//!
//! Serde's derive would generate code for every structure and every serializer. Here a structure only says what it
//! consists of ([`shape`]) and how it is made and taken apart ([`member`]); reading and writing are implemented
//! once. That halves the compile time of this crate, which every user of the macro waits for.

pub(crate) mod member;
pub(crate) mod reader;
pub(crate) mod shape;
pub(crate) mod text;
