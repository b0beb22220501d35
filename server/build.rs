//! Embeds the built site in the binary, also compressed, if `PARLOR_EMBED_SITE` is set to the site's directory.
//!
//! It generates `embedded.rs`, which `http::static_assets` includes: the constant `EMBEDDED_HASH` and the table
//! `EMBEDDED`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use sha2::{Digest, Sha256};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=PARLOR_EMBED_SITE");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let files = match env::var_os("PARLOR_EMBED_SITE") {
        Some(site) => site_files(&PathBuf::from(site).join("pkg"))?,
        None => Vec::new(),
    };
    let mut hash = Sha256::new();
    let mut table = String::new();
    for file in &files {
        println!("cargo::rerun-if-changed={}", file.display());
        let name = file.file_name().and_then(|name| name.to_str()).ok_or(io::ErrorKind::InvalidInput)?;
        let bytes = fs::read(file)?;
        hash.update(name);
        hash.update(&bytes);
        fs::write(out.join(format!("{name}.br")), brotli(&bytes)?)?;
        fs::write(out.join(format!("{name}.gz")), gzip(&bytes)?)?;
        let (brotli, gzip) = (out.join(format!("{name}.br")), out.join(format!("{name}.gz")));
        let _ = writeln!(
            table,
            "EmbeddedAsset {{ name: {name:?}, plain: include_bytes!({file:?}), brotli: include_bytes!({brotli:?}), \
             gzip: include_bytes!({gzip:?}) }},"
        );
    }
    let hash: String = hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    let code = format!("const EMBEDDED_HASH: &str = {hash:?};\nstatic EMBEDDED: &[EmbeddedAsset] = &[\n{table}];\n");
    fs::write(out.join("embedded.rs"), code)
}

/// The site's files, sorted by path, so that the hash depends only on names and content.
fn site_files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    println!("cargo::rerun-if-changed={}", directory.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        // Browsers do not load wasm-bindgen's type declarations.
        let is_declaration = entry.file_name().to_string_lossy().ends_with(".d.ts");
        if entry.file_type()?.is_file() && !is_declaration {
            files.push(fs::canonicalize(entry.path())?);
        }
    }
    files.sort();
    Ok(files)
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &brotli::enc::BrotliEncoderParams::default())?;
    Ok(compressed)
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}
