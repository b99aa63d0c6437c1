//! Documents that are kept.

use clap::Args;

/// GraphQL documents that have run, so that they are not read again.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = "Documents")]
pub struct DocumentsConfig {
    /// Bytes of memory for documents that have been parsed and validated; those asked least go
    /// first. Clients may call them by their SHA-256 (automatic persisted queries). 0 keeps none,
    /// and refuses such calls.
    #[arg(
        long,
        env = "ROOKERY_DOCUMENT_CACHE_BYTES",
        default_value_t = 8 * 1024 * 1024,
        value_name = "BYTES"
    )]
    pub document_cache_bytes: usize,
}
