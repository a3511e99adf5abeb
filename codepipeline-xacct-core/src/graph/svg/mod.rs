//! Graphs as SVG, in one file that needs nothing else: accounts in columns from what starts to what is started, roles on the left border
//! of their account, arrows between them.

mod arrow;
mod layout;
mod picture;
mod route;
mod xml;
