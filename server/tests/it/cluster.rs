//! Several nodes on one database behave like one server: what people see, whichever node they are connected to.

mod conformance;
mod devices;
mod fixture;
mod messages;
mod nginx;
mod people;
mod stopped_node;
